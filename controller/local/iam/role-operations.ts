import * as z from 'zod';
import { listOf } from '../http/aws-query.ts';
import { ADMINISTRATOR } from '../http/guard.ts';
import { ACCOUNT_ID, ServiceError, type CloudClock } from '../service.ts';
import type { JsonOperation } from '../http/aws-json.ts';
import { define } from './define.ts';
import { checkTrust } from './policy-text.ts';
import {
  alreadyExists,
  encodeDocument,
  newId,
  requireRole,
  roleArn,
  type RoleRecord,
  type Roles,
} from './role.ts';
import { readTags, renderTags, tagsShape, withoutTags } from './tags.ts';

const RoleName = z.string().regex(/^[\w+=,.@-]{1,64}$/);
const MaxSessionDuration = z.coerce.number().int().min(3600).max(43_200);
const Description = z.string().max(1000);

const createShape = z.strictObject({
  RoleName,
  Path: z
    .string()
    .max(512)
    .regex(/^\/([\w+=,.@-]+\/)*$/)
    .default('/'),
  AssumeRolePolicyDocument: z.string(),
  Description: Description.optional(),
  MaxSessionDuration: MaxSessionDuration.default(3600),
  Tags: tagsShape.optional(),
});
const nameShape = z.strictObject({ RoleName });
const trustShape = z.strictObject({ RoleName, PolicyDocument: z.string() });
const updateShape = z.strictObject({
  RoleName,
  Description: Description.optional(),
  MaxSessionDuration: MaxSessionDuration.optional(),
});
const tagShape = z.strictObject({ RoleName, Tags: tagsShape });
const untagShape = z.strictObject({ RoleName, TagKeys: listOf(z.string()) });
const listShape = z.strictObject({ PathPrefix: z.literal('/').optional() });

/** Roles themselves; what they may do is in role-policies.ts. */
export function roleOperations(roles: Roles, clock: CloudClock): Record<string, JsonOperation> {
  const onRole = (run: (role: RoleRecord) => unknown) =>
    define(nameShape, (input) => run(requireRole(roles, input.RoleName)));
  return {
    CreateRole: define(createShape, (input) => ({ Role: render(createRole(roles, input, clock)) })),
    GetRole: onRole((role) => ({ Role: render(role) })),
    ListRoles: define(listShape, () => ({
      Roles: roles.values().map(renderBrief),
      IsTruncated: false,
    })),
    DeleteRole: onRole((role) => deleteRole(roles, role)),
    ...changes(roles),
    ...tagging(roles),
  };
}

function changes(roles: Roles): Record<string, JsonOperation> {
  return {
    UpdateRole: define(updateShape, (input) => {
      const role = requireRole(roles, input.RoleName);
      const { Description: description, MaxSessionDuration: seconds } = input;
      roles.save({
        ...role,
        description: description ?? role.description,
        maxSessionSeconds: seconds ?? role.maxSessionSeconds,
      });
    }),
    UpdateAssumeRolePolicy: define(trustShape, (input) => {
      const role = requireRole(roles, input.RoleName);
      checkTrust(input.PolicyDocument, (name) => isPrincipal(roles, name));
      roles.save({ ...role, trust: input.PolicyDocument });
    }),
  };
}

function tagging(roles: Roles): Record<string, JsonOperation> {
  return {
    TagRole: define(tagShape, (input) => {
      const role = requireRole(roles, input.RoleName);
      roles.save({ ...role, tags: { ...role.tags, ...readTags(input.Tags) } });
    }),
    UntagRole: define(untagShape, (input) => {
      const role = requireRole(roles, input.RoleName);
      roles.save({ ...role, tags: withoutTags(role.tags, input.TagKeys) });
    }),
    ListRoleTags: define(nameShape, (input) => ({
      Tags: renderTags(requireRole(roles, input.RoleName).tags),
      IsTruncated: false,
    })),
  };
}

function createRole(
  roles: Roles,
  input: z.output<typeof createShape>,
  clock: CloudClock,
): RoleRecord {
  const { RoleName: name, Path: path, AssumeRolePolicyDocument: trust } = input;
  checkTrust(trust, (principal) => isPrincipal(roles, principal));
  if (roles.get(name) !== undefined) {
    throw alreadyExists(`Role with name ${name} already exists.`);
  }
  const role: RoleRecord = {
    name,
    id: newId('AROA'),
    path,
    arn: roleArn(name, path),
    created: clock.now().getTime(),
    description: input.Description,
    maxSessionSeconds: input.MaxSessionDuration,
    trust,
    policies: {},
    tags: readTags(input.Tags),
  };
  roles.save(role);
  return role;
}

/** Whoever a trust policy may name: the account, its administrator, its roles. Other accounts are not looked at. */
function isPrincipal(roles: Roles, name: string): boolean {
  const [, , , , account = name] = name.split(':');
  if (account !== ACCOUNT_ID) return true;
  const own = [ACCOUNT_ID, `arn:aws:iam::${ACCOUNT_ID}:root`, ADMINISTRATOR.arn];
  return own.includes(name) || roles.findByArn(name) !== undefined;
}

function deleteRole(roles: Roles, { name, policies }: RoleRecord): void {
  if (Object.keys(policies).length > 0) {
    throw new ServiceError(
      409,
      'DeleteConflict',
      'Cannot delete entity, must delete policies first.',
    );
  }
  roles.remove(name);
}

/** As lists have it. */
function renderBrief(role: RoleRecord) {
  return {
    Path: role.path ?? '/',
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encodeDocument(role.trust),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

function render(role: RoleRecord) {
  return { ...renderBrief(role), Tags: renderTags(role.tags) };
}
