/** Who stores what nobody has reviewed: below `<app>/untrusted/`, and nowhere else. */
import type { AppPolicy, EdgeGroup, EnvironmentPolicy } from '../../policy/policy.ts';
import { setupOf } from '../../policy/setup.ts';
import { keys } from '../../state/keys.ts';
import { denyOverwriting } from '../deny-overwrites.ts';
import type { Statement } from '../document.ts';
import type { Role, RoleFacts } from './facts.ts';
import { idOf, ROLE_IDS } from './ids.ts';
import { buildsOf, isLambda, objects } from './places.ts';
import { listing } from './publish.ts';
import { readDerivedKeys, readEdgeKeys } from './reads.ts';
import { allow, documentOf } from './statements.ts';
import { onPullRequest, trustGitHub } from './trust.ts';

/** One per app that has an environment for it, and a repository that is known. */
export function pullRequestRoles(facts: RoleFacts): readonly Role[] {
  const { policies } = facts;
  const { github, stack } = setupOf(policies);
  return policies.apps.flatMap((app) => {
    const repository = github?.apps[app.app];
    const shown = app.environments.filter(({ preview }) => preview.builds === 'all');
    if (repository === undefined || shown.length === 0) return [];
    return {
      verb: 'pull-request' as const,
      of: app.app,
      id: `${ROLE_IDS['pull-request']}${idOf(app.app)}`,
      name: `${stack}-pull-request-${app.app}`,
      purpose: `publishes and removes builds of pull requests of ${app.app}`,
      trust: trustGitHub([onPullRequest(repository)]),
      policy: documentOf(
        storing(app),
        reading(app, shown),
        listing(app),
        signing(facts, app, shown),
      ),
      variable: { name: 'HEADGATE_PULL_REQUEST_ROLE', repository },
    };
  });
}

function storing(app: AppPolicy): readonly Statement[] {
  const { app: name } = app;
  const builds = objects(app, `${keys.untrustedBuilds(name)}*`);
  const leases = objects(app, `${keys.untrustedPublishLeases(name)}*`);
  const pool = objects(app, `${keys.untrustedPool(name)}*`);
  return [
    ...allow(
      'WriteUntrusted',
      ['s3:PutObject', 's3:ListMultipartUploadParts'],
      objects(app, `${name}/untrusted/*`),
    ),
    ...denyOverwriting('NeverOverwrite', [...builds, ...pool]),
    ...allow('RemoveBuilds', ['s3:DeleteObject'], [...builds, ...leases]),
  ];
}

/** The app's pool is asked first at the edge, so what is there isn't stored again. */
function reading(app: AppPolicy, shown: readonly EnvironmentPolicy[]): readonly Statement[] {
  const { app: name } = app;
  const records = shown.map((environment) => keys.record(name, environment.name));
  return allow(
    'ReadWhatItNeeds',
    ['s3:GetObject'],
    [
      ...objects(app, `${name}/untrusted/*`, `${keys.pool(name)}*`),
      ...buildsOf(app).map((builds) => `${builds}/.headgate/manifest.json`),
      ...objects(app, keys.latest(name, 'protected'), keys.collection(name), keys.settings(name)),
      ...objects(app, ...records),
    ],
  );
}

/**
 * Signed links need the keys, and who can read those can sign: their group is to have a store of its own. One that
 * somebody else made is left out: it has no ARN here, and every store of the account would be too much.
 */
function signing(
  facts: RoleFacts,
  app: AppPolicy,
  shown: readonly EnvironmentPolicy[],
): readonly Statement[] {
  const signed = shown.filter(({ preview }) => preview.access === 'signed');
  const groups = facts.policies.groups.filter(
    (group) => signed.some(({ edge }) => edge.group === group.name) && isNamed(facts, group),
  );
  const own = { ...facts.policies, groups, apps: [{ ...app, environments: signed }] };
  const narrowed = { ...facts, policies: own };
  return [...readDerivedKeys(narrowed), ...readEdgeKeys(narrowed)];
}

function isNamed({ ids }: RoleFacts, group: EdgeGroup): boolean {
  return isLambda(group) || ids.keyValueStore(group.name) !== undefined;
}
