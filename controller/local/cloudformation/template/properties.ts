import type { ResourceType } from '../resources/resource-type.ts';
import { isKnown } from './functions.ts';

/** What is wrong with the properties of a resource, as far as they are known. */
export function findPropertyIssues(
  { shape }: ResourceType,
  properties: unknown,
): readonly string[] {
  const parsed = shape.safeParse(properties);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => {
    const place = ['#', ...issue.path].join('/');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `${place}: extraneous key [${key}] is not permitted`);
    }
    return isKnown(valueAt(properties, issue.path)) ? [`${place}: ${issue.message}`] : [];
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );
}
