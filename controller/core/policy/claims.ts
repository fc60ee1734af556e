/** What may be taken once only. */
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
  const claims = Object.entries(edge.written?.groups ?? {}).map(([name, group]) => ({
    value: group.keyValueStore,
    by: `group ${name}`,
    source: edge.source,
    path: ['groups', name, 'keyValueStore'],
    owner: { group: name },
  }));
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
  const claims = listEnvironments(policies).map(({ id, source, path, written }) => ({
    value: written.edge.distribution,
    by: id,
    source,
    path: [...path, 'edge', 'distribution'],
    owner: { environment: id },
  }));
  return refuseSecondClaims(claims, {
    law: 'a distribution serves one environment of one app',
    example: 'distribution: E1ANOTHERONE2',
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
