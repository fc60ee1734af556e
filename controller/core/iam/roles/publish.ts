/** Who stores builds, and can release none of them. */
import { setupOf } from '../../policy/setup.ts';
import type { AppPolicy } from '../../policy/policy.ts';
import { keys } from '../../state/keys.ts';
import { denyOverwriting, reservedOf } from '../deny-overwrites.ts';
import type { Statement } from '../document.ts';
import type { Role, RoleFacts } from './facts.ts';
import { bucketsOf, buildsOf, objects } from './places.ts';
import { allow, deny, documentOf } from './statements.ts';
import { onBranch, trustGitHub } from './trust.ts';
import { idOf, ROLE_IDS } from './ids.ts';

/** One per app whose repository is known. */
export function publishRoles({ policies }: RoleFacts): readonly Role[] {
  const { github, stack } = setupOf(policies);
  if (github === undefined) return [];
  return policies.apps.flatMap((app) => {
    const repository = github.apps[app.app];
    if (repository === undefined) return [];
    return {
      verb: 'publish' as const,
      of: app.app,
      id: `${ROLE_IDS.publish}${idOf(app.app)}`,
      name: `${stack}-publish-${app.app}`,
      purpose: `publishes builds of ${app.app}; releases none`,
      trust: trustGitHub([onBranch(repository, github.branch)]),
      policy: documentOf(...publishing(app), keepOut(app, policies.apps)),
      variable: { name: 'HEADGATE_PUBLISH_ROLE', repository },
    };
  });
}

function publishing(app: AppPolicy): readonly (readonly Statement[])[] {
  const { app: name, environments } = app;
  const made = [...buildsOf(app), ...objects(app, `${keys.pool(name)}*`)];
  const hasPages = environments.some(({ gate }) => gate !== undefined);
  return [
    allow('CreateBuilds', ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts'], made),
    denyOverwriting('NeverOverwrite', made),
    allow(
      'SayWhatIsUnderWay',
      ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
      [...objects(app, `${keys.publishLeases(name)}*`)],
    ),
    allow(
      'RememberTheLast',
      ['s3:PutObject', 's3:GetObject'],
      [
        ...objects(app, keys.latest(name, 'protected')),
        ...(hasPages ? objects(app, `${keys.pages(name)}*`) : []),
      ],
    ),
    allow(
      'ReadSettings',
      ['s3:GetObject'],
      [...objects(app, keys.settings(name), keys.collection(name))],
    ),
    listing(app),
  ];
}

/** Parts of large files are found again by listing, too. */
export function listing(app: AppPolicy): readonly Statement[] {
  const actions = ['s3:ListBucket', 's3:ListBucketMultipartUploads'];
  return allow('MissingIs404', actions, bucketsOf([app]));
}

/** Where builds lie at the top of the bucket, everything else does as well, other apps too: a build may have any name. */
function keepOut(app: AppPolicy, apps: readonly AppPolicy[]): readonly Statement[] {
  if (app.root !== '') return [];
  const others = apps
    .filter((other) => other.bucket === app.bucket && other.app !== app.app)
    .flatMap((other) => [
      `${other.app}/*`,
      ...(other.root === undefined ? [] : [`${other.root}*`]),
    ]);
  const actions = ['s3:PutObject', 's3:DeleteObject'];
  return deny('NothingButBuilds', actions, objects(app, ...reservedOf(app), ...others));
}
