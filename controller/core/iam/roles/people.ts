/** Roles that people of the account take, when their own may do less or much more. */
import { setupOf } from '../../policy/setup.ts';
import { keys, parameters } from '../../state/keys.ts';
import type { RoleFacts, Role } from './facts.ts';
import { ROLE_IDS } from './ids.ts';
import { buildsOf, objects, parameter, storesOf } from './places.ts';
import { missingIs404, readDerivedKeys, readEdgeKeys } from './reads.ts';
import { allow, documentOf } from './statements.ts';
import { trustAccount } from './trust.ts';

export function peoplesRoles(facts: RoleFacts): readonly Role[] {
  const { stack } = setupOf(facts.policies);
  return [
    {
      verb: 'preview',
      id: ROLE_IDS.preview,
      name: `${stack}-preview`,
      purpose: 'gives out preview links and priority tokens, which it can sign',
      trust: trustAccount(),
      policy: documentOf(...previewing(facts)),
    },
    {
      verb: 'keys',
      id: ROLE_IDS.keys,
      name: `${stack}-keys`,
      purpose: 'rotates the signing keys',
      trust: trustAccount(),
      policy: documentOf(...rotating(facts)),
    },
  ];
}

function previewing(facts: RoleFacts) {
  const { apps } = facts.policies;
  return [
    allow(
      'ReadBuildsAndRecords',
      ['s3:GetObject'],
      apps.flatMap((app) => [
        ...objects(app, keys.record(app.app, '*'), keys.settings(app.app)),
        ...buildsOf(app).map((builds) => `${builds}/.headgate/manifest.json`),
        ...objects(app, `${keys.untrustedBuilds(app.app)}*/.headgate/manifest.json`),
      ]),
    ),
    missingIs404(apps),
    allow(
      'KeepFromCollections',
      ['s3:GetObject', 's3:PutObject'],
      apps.flatMap((app) => [
        ...objects(app, `${keys.previewLeases(app.app)}*`),
        ...objects(app, `${keys.untrustedPreviewLeases(app.app)}*`),
      ]),
    ),
    readDerivedKeys(facts),
    readEdgeKeys(facts),
  ];
}

function rotating(facts: RoleFacts) {
  const { apps, groups } = facts.policies;
  const folders = apps.map(({ app, region }) => parameter(region, parameters.keys(app, '*')));
  return [
    allow(
      'ReadRecords',
      ['s3:GetObject'],
      apps.flatMap((app) => objects(app, keys.record(app.app, '*'))),
    ),
    missingIs404(apps),
    allow('ReadKeys', ['ssm:GetParametersByPath'], folders),
    allow(
      'MakeAndDropKeys',
      ['ssm:PutParameter', 'ssm:DeleteParameters'],
      folders.map((folder) => `${folder}/*`),
    ),
    readDerivedKeys(facts),
    allow('WriteDerivedKeys', ['cloudfront-keyvaluestore:UpdateKeys'], storesOf(facts, groups)),
  ];
}
