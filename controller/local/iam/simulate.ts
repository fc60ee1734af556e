import * as z from 'zod';
import type { PolicyDocument } from '../../core/iam/document.ts';
import { evaluate } from '../../core/iam/evaluate.ts';
import { listOf } from '../http/aws-query.ts';
import { ADMINISTRATOR } from '../http/guard.ts';
import { ServiceError } from '../service.ts';
import type { JsonOperation } from '../http/aws-json.ts';
import { define } from './define.ts';
import { contextKeysOf } from './condition-keys.ts';
import { checkPermissions } from './policy-text.ts';
import { documentsOf, noSuchEntity, type Roles } from './role.ts';

const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

const shape = z.strictObject({
  PolicySourceArn: z.string(),
  PolicyInputList: listOf(z.string()).default([]),
  ActionNames: listOf(z.string().regex(/^[\w-]+:\w+$/)),
  ResourceArns: listOf(z.string()).default(['*']),
  ContextEntries: listOf(
    z.strictObject({
      ContextKeyName: z.string(),
      ContextKeyValues: listOf(z.string()),
      ContextKeyType: z.string(),
    }),
  ).default([]),
});

/** SimulatePrincipalPolicy: one result for each action on each resource. */
export function simulateOperations(roles: Roles): Record<string, JsonOperation> {
  return {
    SimulatePrincipalPolicy: define(shape, (input) => simulate(roles, input)),
  };
}

function simulate(roles: Roles, input: z.output<typeof shape>) {
  for (const text of input.PolicyInputList) checkPermissions(text);
  const more = input.PolicyInputList.map((text) => JSON.parse(text) as PolicyDocument);
  const policies = [...policiesOf(roles, input.PolicySourceArn), ...more];
  const context = Object.fromEntries(
    input.ContextEntries.map((entry) => [entry.ContextKeyName, entry.ContextKeyValues]),
  );
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  const missing = contextKeysOf(policies).filter((key) => !given.has(key.toLowerCase()));
  const results = input.ActionNames.flatMap((action) =>
    input.ResourceArns.map((resource) => ({
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: evaluate(policies, { action, resource, context }),
      MatchedStatements: [],
      MissingContextValues: missing,
    })),
  );
  return { EvaluationResults: results, IsTruncated: false };
}

function policiesOf(roles: Roles, arn: string): readonly PolicyDocument[] {
  if (arn === ADMINISTRATOR.arn) return [EVERYTHING];
  if (!/:(user|group|role)\//.test(arn)) {
    const message = `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`;
    throw new ServiceError(400, 'InvalidInput', message);
  }
  const role = roles.findByArn(arn);
  if (role === undefined) throw noSuchEntity(`The entity ${arn} cannot be found.`);
  return documentsOf(role).policies;
}
