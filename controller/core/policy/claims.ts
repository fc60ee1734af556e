/** What may be taken once only. */
import { keys } from '../state/keys.ts';
import type { Issue } from './issue.ts';
import type { Path } from './shape.ts';
import type { Source } from './source.ts';
import { issueAt, listApps, listEnvironments, type WrittenPolicies } from './written.ts';

interface Claim {
  readonly value: string;
  readonly by: string;
  readonly source: Source;
  readonly path: Path;
  readonly owner: Pick<Issue, 'environment' | 'group'>;
}

export function storesBelongToOneGroup({ edge }: WrittenPolicies): readonly Issue[] {
  const claims = Object.entries(edge.written?.groups ?? {}).flatMap(
    ([name, { keyValueStore: value }]) => {
      if (value === undefined) return [];
      const path = ['groups', name, 'keyValueStore'];
      return [{ value, by: `group ${name}`, source: edge.source, path, owner: { group: name } }];
    },
  );
  return refuseSecondClaims(claims, {
    law: 'a KeyValueStore belongs to one group',
    example: 'keyValueStore: headgate-another',
  });
}

export function appsHaveOneFile(policies: WrittenPolicies): readonly Issue[] {
  const claims = listApps(policies).map(({ source, written }) => ({
    value: written.app,
    by: 'another file',
    source,
    path: ['app'],
    owner: {},
  }));
  return refuseSecondClaims(claims, {
    law: 'an app has one file with all its environments',
    example: 'app: another-app',
  });
}

export function hostsBelongToOneEnvironment(policies: WrittenPolicies): readonly Issue[] {
  const claims = listEnvironments(policies).flatMap(({ id, source, path, written }) =>
    written.hosts.map((value, index) => ({
      value,
      by: id,
      source,
      path: [...path, 'hosts', index],
      owner: { environment: id },
    })),
  );
  return refuseSecondClaims(claims, {
    law: 'a host belongs to one environment',
    example: 'hosts: [another.example.com]',
  });
}

export function distributionsServeOneEnvironment(policies: WrittenPolicies): readonly Issue[] {
  const claims = listEnvironments(policies).flatMap(({ id, source, path, written }) => {
    const { distribution: value } = written.edge;
    if (value === undefined) return [];
    const at = [...path, 'edge', 'distribution'];
    return [{ value, by: id, source, path: at, owner: { environment: id } }];
  });
  return refuseSecondClaims(claims, {
    law: 'a distribution serves one environment of one app',
    example: 'distribution: E1ANOTHERONE2',
  });
}

export function parametersBelongToOneEnvironment(policies: WrittenPolicies): readonly Issue[] {
  const claims = listEnvironments(policies).flatMap(({ id, app, source, path, written }) => {
    const name = written.adopted?.activeBuildParameter;
    if (name === undefined) return [];
    return {
      // SSM knows `active` and `/active` as one.
      value: `${name.replace(/^(?!\/)/, '/')} in ${app.region}`,
      by: id,
      source,
      path: [...path, 'adopted', 'activeBuildParameter'],
      owner: { environment: id },
    };
  });
  return refuseSecondClaims(claims, {
    law: 'an active-build parameter belongs to one environment',
    example: 'activeBuildParameter: /another/active-build',
  });
}

/** Without the app's name before them, two apps would take each other's builds for theirs. */
export function rootsBelongToOneApp(policies: WrittenPolicies): readonly Issue[] {
  const apps = listApps(policies);
  const claims = apps
    // Two files of one app are refused as such.
    .filter(
      ({ written }) =>
        apps.findLast((other) => other.written.app === written.app)?.written === written,
    )
    .map(({ source, written: { app, bucket, root } }) => ({
      value: `${bucket}/${keys.builds({ app, root })}`,
      by: app,
      source,
      path: ['root'],
      owner: {},
    }));
  return refuseSecondClaims(claims, {
    law: 'builds below a root belong to one app',
    example: 'root: another/',
  });
}

/** Refuses every claimant, not just the later one: the order of files says nothing about who is right. */
function refuseSecondClaims(
  claims: readonly Claim[],
  { law, example }: { readonly law: string; readonly example: string },
): readonly Issue[] {
  return claims.flatMap((claim) => {
    const other = claims.find((one) => one !== claim && one.value === claim.value);
    if (!other) return [];
    const { line } = other.source.locate(other.path);
    const taken = `"${claim.value}" is taken by ${other.by} too (${other.source.file}:${line})`;
    return [
      issueAt(claim.source, claim.path, { message: `${taken}; ${law}`, example, ...claim.owner }),
    ];
  });
}
