/** Fields of an edge group that belong to one runtime, and to no other. */
import { group, type WrittenGroup } from './group-schema.ts';
import type { Issue } from './issue.ts';
import { fieldsOf, renderExample } from './shape.ts';
import { issueAt, type WrittenPolicies } from './written.ts';

type Runtime = WrittenGroup['runtime'];

const REQUIRED: Readonly<Record<Runtime, readonly (keyof WrittenGroup)[]>> = {
  'cloudfront-functions': ['keyValueStore'],
  'lambda-edge': ['role'],
};

const ONLY: Readonly<Record<Runtime, readonly (keyof WrittenGroup)[]>> = {
  'cloudfront-functions': ['keyValueStore'],
  'lambda-edge': ['role', 'routeMaxAge', 'sessions'],
};

export function fieldsFitRuntime({ edge }: WrittenPolicies): readonly Issue[] {
  const { source } = edge;
  return Object.entries(edge.written?.groups ?? {}).flatMap(([name, written]) => {
    const path = ['groups', name];
    const { runtime } = written;
    const missing = REQUIRED[runtime].filter((field) => written[field] === undefined);
    const other = runtime === 'lambda-edge' ? 'cloudfront-functions' : 'lambda-edge';
    const foreign = ONLY[other].filter((field) => written[field] !== undefined);
    return [
      ...missing.map((field) => {
        const message = `"${field}" is missing in ${name}; runtime ${runtime} needs it`;
        return issueAt(source, path, { message, example: exampleOf(field), group: name });
      }),
      ...foreign.map((field) => {
        const message = `${field}: runtime ${runtime} has none; only ${other} does`;
        return issueAt(source, [...path, field], {
          message,
          example: `runtime: ${other}`,
          group: name,
        });
      }),
    ];
  });
}

function exampleOf(field: string): string {
  return renderExample(group, fieldsOf(group).has(field) ? [field] : []);
}
