/** What a release does at least, for IAM to say whether it may. */
import { requestFunctionName, responseFunctionName } from '../plan/behaviours.ts';
import { lambdaName } from '../plan/function-names.ts';
import type { EdgeGroup, Policies } from '../policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../policy/subjects.ts';
import type { Permission } from './facts.ts';

/** Writes alone: what must be read for a release the doctor reads itself. `stores`: ARNs by name. */
export function listNeeded(
  policies: Policies,
  account: string,
  stores: ReadonlyMap<string, string>,
): readonly Permission[] {
  const all = [
    ...subjectsOf(policies).flatMap((subject) => ofEnvironment(subject, account)),
    ...policies.groups.flatMap((group) => ofGroup(group, account, stores)),
  ];
  return [...new Map(all.map((one) => [`${one.action} ${one.resource}`, one])).values()];
}

function ofEnvironment(
  { app, environment }: EnvironmentSubject,
  account: string,
): readonly Permission[] {
  const place = `${app.app}/environments/${environment.name}`;
  const { distribution } = environment.edge;
  return [
    { action: 's3:PutObject', resource: `arn:aws:s3:::${app.bucket}/${place}/record.json` },
    {
      action: 'ssm:PutParameter',
      resource: `arn:aws:ssm:${app.region}:${account}:parameter/headgate/${app.app}/${environment.name}/route`,
    },
    {
      action: 'cloudfront:UpdateDistribution',
      resource: `arn:aws:cloudfront::${account}:distribution/${distribution}`,
    },
  ];
}

function ofGroup(
  group: EdgeGroup,
  account: string,
  stores: ReadonlyMap<string, string>,
): readonly Permission[] {
  const archive = {
    action: 's3:PutObject',
    resource: `arn:aws:s3:::${group.bucket}/edge/${group.name}.json`,
  };
  if (group.runtime === 'lambda-edge') {
    const resource = `arn:aws:lambda:us-east-1:${account}:function:${lambdaName(group.name)}`;
    const actions = ['lambda:UpdateFunctionCode', 'lambda:PublishVersion'];
    return [archive, ...actions.map((action) => ({ action, resource }))];
  }
  const store = stores.get(group.keyValueStore);
  const names = [requestFunctionName(group.name), responseFunctionName(group.name)];
  const functions = names.flatMap((name) =>
    ['cloudfront:UpdateFunction', 'cloudfront:PublishFunction'].map((action) => ({
      action,
      resource: `arn:aws:cloudfront::${account}:function/${name}`,
    })),
  );
  const update = { action: 'cloudfront-keyvaluestore:UpdateKeys', resource: store ?? '' };
  return [archive, ...functions, ...(store === undefined ? [] : [update])];
}
