/** What is written where something is released, and what is read to tell of it. */
import type { AppPolicy, Policies } from '../../policy/policy.ts';
import type { Statement } from '../document.ts';
import type { RoleFacts } from './facts.ts';
import { objects, parameter, storesOf } from './places.ts';
import { parametersOf } from './reads.ts';
import { allow } from './statements.ts';

/** Records, routes, parameters: a release is nothing else. */
export function writeState(facts: RoleFacts): readonly Statement[] {
  const { apps, groups } = facts.policies;
  return [
    ...allow(
      'WriteRecords',
      ['s3:PutObject'],
      apps.flatMap((app) => objects(app, `${app.app}/environments/*`)),
    ),
    ...allow('WriteRoutes', ['cloudfront-keyvaluestore:UpdateKeys'], storesOf(facts, groups)),
    ...allow('WriteParameters', ['ssm:PutParameter'], apps.flatMap(parametersOf)),
  ];
}

/** The secret that a webhook is signed with, and its address where that is one, too. */
export function readNotify({ apps }: Policies): readonly Statement[] {
  return allow('ReadSecretsOfNotify', ['ssm:GetParameters'], apps.flatMap(secretsOf));
}

const IN_SSM = 'ssm:';

function secretsOf({ region, environments }: AppPolicy): readonly string[] {
  return environments
    .flatMap(({ notify }) => {
      if (notify === undefined) return [];
      const { url, secretParameter } = notify;
      return [...(url.startsWith(IN_SSM) ? [url.slice(IN_SSM.length)] : []), secretParameter ?? []];
    })
    .flat()
    .map((name) => parameter(region, name));
}
