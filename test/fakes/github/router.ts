import { checks } from './endpoints/checks.ts';
import { comments } from './endpoints/comments.ts';
import { contents } from './endpoints/contents.ts';
import { deployments } from './endpoints/deployments.ts';
import { labels } from './endpoints/labels.ts';
import { pulls } from './endpoints/pulls.ts';
import { repository } from './endpoints/repository.ts';
import type { Endpoint } from './endpoint.ts';

const ENDPOINTS = [
  ...checks,
  ...comments,
  ...contents,
  ...deployments,
  ...labels,
  ...pulls,
  ...repository,
].map((endpoint) => ({ endpoint, pattern: compile(endpoint.route) }));

export interface Routed {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
}

/** The endpoint that answers; undefined: GitHub may have one, the fake has not. */
export function route(method: string, path: string): Routed | undefined {
  for (const { endpoint, pattern } of ENDPOINTS) {
    const match = pattern.exec(`${method} ${path}`);
    if (match === null) continue;
    const params = Object.entries(match.groups ?? {}).map(
      ([name, value]) => [name, decodeURIComponent(value)] as const,
    );
    return { endpoint, params: Object.fromEntries(params) };
  }
  return undefined;
}

/** Paths of files and names of refs hold slashes, everything else stops at one. */
function compile(template: string): RegExp {
  const pattern = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'path' || (name === 'ref' && template.includes('/git/'))
      ? `(?<${name}>.*)`
      : `(?<${name}>[^/]+)`,
  );
  return new RegExp(`^${pattern}$`);
}
