import * as z from 'zod';
import type { JsonOperation } from '../http/aws-json.ts';
import { define } from './define.ts';
import { checkPermissions, checkPoliciesSize } from './policy-text.ts';
import { encodeDocument, noSuchEntity, requireRole, type Roles } from './role.ts';

const RoleName = z.string();
const PolicyName = z.string().regex(/^[\w+=,.@-]{1,128}$/);
const putShape = z.strictObject({ RoleName, PolicyName, PolicyDocument: z.string() });
const oneShape = z.strictObject({ RoleName, PolicyName });
const listShape = z.strictObject({ RoleName });

/** What roles may do: policies of their own, by name. */
export function rolePolicyOperations(roles: Roles): Record<string, JsonOperation> {
  return {
    PutRolePolicy: define(
      putShape,
      ({ RoleName: roleName, PolicyName: name, PolicyDocument: text }) => {
        const role = requireRole(roles, roleName);
        checkPermissions(text);
        const policies = { ...role.policies, [name]: text };
        checkPoliciesSize(role.name, Object.values(policies));
        roles.save({ ...role, policies });
      },
    ),
    GetRolePolicy: define(oneShape, (input) => {
      const { role, text } = find(roles, input);
      const { PolicyName: name } = input;
      return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeDocument(text) };
    }),
    DeleteRolePolicy: define(oneShape, (input) => {
      const { role } = find(roles, input);
      const { [input.PolicyName]: _, ...policies } = role.policies;
      roles.save({ ...role, policies });
    }),
    ListRolePolicies: define(listShape, (input) => {
      const { policies } = requireRole(roles, input.RoleName);
      return { PolicyNames: Object.keys(policies).toSorted(), IsTruncated: false };
    }),
    // Managed policies can't be attached here, so nothing ever is.
    ListAttachedRolePolicies: define(listShape, (input) => {
      requireRole(roles, input.RoleName);
      return { AttachedPolicies: [], IsTruncated: false };
    }),
  };
}

function find(roles: Roles, input: z.output<typeof oneShape>) {
  const role = requireRole(roles, input.RoleName);
  const text = Object.hasOwn(role.policies, input.PolicyName)
    ? role.policies[input.PolicyName]
    : undefined;
  if (text !== undefined) return { role, text };
  throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
}
