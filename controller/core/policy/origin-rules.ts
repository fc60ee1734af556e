/** Rules for whole origins. */
import type { Issue } from './issue.ts';
import {
  issueAt,
  listApps,
  listEnvironments,
  type EnvironmentEntry,
  type Rule,
} from './written.ts';

export const ORIGIN_RULES: readonly Rule[] = [
  originsAreOneThing,
  lambdasKnowUrls,
  originsAreElsewhere,
];

const EXAMPLE = 'origins: { blue: { id: blue-app }, green: { url: https://green.example.com } }';

function originsAreOneThing(policies: Parameters<Rule>[0]): readonly Issue[] {
  return listApps(policies).flatMap(({ source, written }) =>
    Object.entries(written.origins ?? {}).flatMap(([name, { id, url }]) => {
      if ((id === undefined) !== (url === undefined)) return [];
      const message = `${name}: an origin has an id or a url, and not both`;
      return [issueAt(source, ['origins', name], { message, example: EXAMPLE })];
    }),
  );
}

/** A function at the origin is told of one origin, the behaviour's, and knows no others by id. */
function lambdasKnowUrls(policies: Parameters<Rule>[0]): readonly Issue[] {
  const groups = policies.edge.written?.groups ?? {};
  return listEnvironments(policies).flatMap((entry) => {
    const { edge } = entry.written;
    if (groups[edge.group]?.runtime !== 'lambda-edge') return [];
    return namesOf(entry).flatMap((name) => {
      const origin = entry.app.origins?.[name];
      if (origin?.id === undefined) return [];
      return [
        issueAt(entry.source, ['origins', name, 'id'], {
          message: `id: Lambda@Edge (group "${edge.group}" of ${entry.id}) knows no origin "${origin.id}"; say where it answers`,
          example: `${name}: { url: https://${name}.example.com }`,
          environment: entry.id,
        }),
      ];
    });
  });
}

/** A request would come back to the edge that sent it, which CloudFront ends with a 403 at best. */
function originsAreElsewhere(policies: Parameters<Rule>[0]): readonly Issue[] {
  return listEnvironments(policies).flatMap((entry) =>
    namesOf(entry).flatMap((name) => {
      const url = entry.app.origins?.[name]?.url ?? '';
      const [, host = ''] = /^https:\/\/([^/:]+)/.exec(url) ?? [];
      if (!entry.written.hosts.includes(host)) return [];
      return [
        issueAt(entry.source, ['origins', name, 'url'], {
          message: `url: "${host}" is a host of ${entry.id} itself, which would ask itself`,
          example: `${name}: { url: https://${name}.example.com }`,
          environment: entry.id,
        }),
      ];
    }),
  );
}

function namesOf({ written }: EnvironmentEntry): readonly string[] {
  const { release, cohorts, split } = written;
  return [...new Set([release, ...cohorts, ...split].map(({ build }) => build))];
}
