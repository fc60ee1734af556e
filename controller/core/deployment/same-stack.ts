import type { Resource, Template } from '../infrastructure/template.ts';

/** What reconcile puts on a distribution's behaviours, behind CloudFormation's back. */
export const OF_RECONCILE: ReadonlySet<string> = new Set([
  'FunctionAssociations',
  'LambdaFunctionAssociations',
]);
export const DISTRIBUTION = 'AWS::CloudFront::Distribution';

/**
 * Whether both describe the same stack. Which functions a behaviour runs doesn't count: reconcile changes that,
 * and CloudFormation would update a distribution for minutes to leave it as it is.
 */
export function isSameStack(one: Template, other: Template): boolean {
  return render(one) === render(other);
}

function render(template: Template): string {
  const resources = Object.entries(template.Resources).map(([id, resource]) => [
    id,
    resource.Type === DISTRIBUTION ? withoutFunctions(resource) : resource,
  ]);
  return JSON.stringify(sortKeys({ ...template, Resources: Object.fromEntries(resources) }));
}

function withoutFunctions(resource: Resource): unknown {
  return dropKeys(resource, OF_RECONCILE);
}

function dropKeys(value: unknown, dropped: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => dropKeys(item, dropped));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !dropped.has(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, dropKeys(item, dropped)]));
}

/** CloudFormation may answer with the keys in another order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, item]) => [key, sortKeys(item)]));
}
