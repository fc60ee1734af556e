/** The distribution and its functions, as the policy and the record have them. */
import {
  planAssociations,
  requestFunctionName,
  responseFunctionName,
  servedBehaviours,
  type Behaviour,
  type Distribution,
} from '../plan/behaviours.ts';
import { findDisagreements } from '../plan/check-behaviours.ts';
import type { EnvironmentFacts } from '../plan/facts.ts';
import { LAMBDA_EVENTS, lambdaName } from '../plan/function-names.ts';
import { isNamed } from '../plan/replaced.ts';
import type { DoctorFacts, EnvironmentLook, FunctionLook, GroupLook } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';

export function checkDistributions({ environments, groups }: DoctorFacts): readonly Finding[] {
  return [...environments.flatMap(checkLive), ...groups.flatMap(checkFunctions)];
}

function checkLive({ planned }: EnvironmentLook): readonly Finding[] {
  return planned.flatMap(({ facts }) => {
    const { app, environment, distribution } = facts;
    const subject = `${app.app}/${environment.name}`;
    if (distribution === undefined) {
      return [
        found('distribution-missing', {
          subject,
          what: `there is no distribution ${environment.edge.distribution} in this account`,
          fix: 'headgate bootstrap --deploy makes it and writes its id into the policy; or correct edge.distribution, or use the credentials of its account.',
        }),
      ];
    }
    const hasHosts = distribution.aliases.length > 0;
    return [
      ...findDisagreements(distribution, facts)
        .filter(({ kind }) => hasHosts || kind !== 'host-missing')
        .map(({ kind, message }) =>
          found(kind, {
            subject,
            what: message,
            fix: 'Change the distribution (headgate bootstrap --deploy, where it made it), or the policy.',
          }),
        ),
      ...checkReach(distribution, subject),
      ...checkAssociated(facts),
    ];
  });
}

/** Whether visitors reach it by their hosts, and all of them the same. */
function checkReach(
  { id, aliases, domain, status }: Distribution,
  subject: string,
): readonly Finding[] {
  return [
    ...foundIf(aliases.length === 0, 'hosts-waiting', {
      subject,
      what: `distribution ${id} has no host names: visitors get it at ${domain} only`,
      fix: `Name a certificate of us-east-1 in edge.yaml (setup: { certificates: { ${subject}: arn:aws:acm:us-east-1:... } }), then headgate bootstrap --deploy; or give it certificate and names where your own tools make it`,
    }),
    ...foundIf(status === 'InProgress', 'distribution-in-progress', {
      subject,
      what: `a change of distribution ${id} is on its way: some edge locations run what was before`,
      fix: `aws cloudfront wait distribution-deployed --id ${id}`,
    }),
  ];
}

/** Before the first release nobody expects them: `reconcile` puts them there. */
function checkAssociated(facts: EnvironmentFacts): readonly Finding[] {
  const { app, environment, distribution, group } = facts;
  if (distribution === undefined || facts.adoption.record === undefined) return [];
  const isLambda = group.runtime === 'lambda-edge';
  const patterns = isLambda
    ? findWithoutLambda(distribution, facts)
    : (planAssociations(distribution, facts)?.patterns ?? []);
  if (patterns.length === 0) return [];
  const functions = isLambda
    ? lambdaName(group.name)
    : `${requestFunctionName(group.name)} or ${responseFunctionName(group.name)}`;
  return [
    found('functions-missing', {
      subject: `${app.app}/${environment.name}`,
      what: `behaviours ${patterns.join(', ')} of distribution ${distribution.id} lack ${functions}`,
      evidence: 'what they serve is no build',
      fix: 'headgate reconcile associates them.',
    }),
  ];
}

/** Behaviours that don't run the group's function on each of its events, in whatever version. */
function findWithoutLambda(
  distribution: Distribution,
  { app, group }: EnvironmentFacts,
): readonly string[] {
  const own = [lambdaName(group.name)];
  const runs = ({ lambdas }: Behaviour) =>
    LAMBDA_EVENTS.every((event) =>
      lambdas.some((one) => one.event === event && isNamed(one.arn, own)),
    );
  return servedBehaviours(distribution, app)
    .filter((behaviour) => !runs(behaviour))
    .map(({ pattern }) => pattern);
}

function checkFunctions(look: GroupLook): readonly Finding[] {
  return look.functions.flatMap((one) =>
    one.live.flatMap((live) =>
      live === undefined ? [] : [...checkCode(look, one, live.hash), ...checkStore(look, one)],
    ),
  );
}

function checkCode(
  { group, record }: GroupLook,
  { name, kind }: FunctionLook,
  hash: string,
): readonly Finding[] {
  return record.flatMap((remembered) => {
    const expected = remembered?.releases[0]?.[kind];
    if (expected === undefined || expected === hash) return [];
    return [
      found('function-differs', {
        subject: `group ${group.name}`,
        what: `${name} runs ${hash}, and Headgate published ${expected} last`,
        evidence: 'somebody changed it by hand, or a run ended half-way',
        fix: 'headgate reconcile puts back what the policies compose to.',
      }),
    ];
  });
}

function checkStore(
  { group, storeArn }: GroupLook,
  { name, kind, live }: FunctionLook,
): readonly Finding[] {
  // The other one reads nothing.
  if (kind !== 'request' || group.runtime !== 'cloudfront-functions') return [];
  const stores = live[0]?.stores ?? [];
  return storeArn.flatMap((arn) =>
    stores.includes(arn)
      ? []
      : [
          found('function-store', {
            subject: `group ${group.name}`,
            what: `${name} reads ${stores.join(', ') || 'no KeyValueStore'}, and the policy names ${group.keyValueStore} (${arn})`,
            fix: 'Name the store that it reads in edge.yaml; or let headgate reconcile publish it anew.',
          }),
        ],
  );
}
