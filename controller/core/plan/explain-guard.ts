import { judgeBeacon } from '../rollout/beacon.ts';
import { explainLifts } from '../state/quarantine.ts';
import type { State } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import type { EnvironmentFacts } from './facts.ts';

/** A note that begins like this has the figures of visitors. */
export const VISITORS = 'visitors (';

/** What the guard sees and can't do in this state, and lifts that lift nothing. */
export function explainGuard(facts: EnvironmentFacts, state: State | undefined): readonly string[] {
  const { record } = facts.adoption;
  const lifts = facts.environment.quarantine;
  return [
    ...explainSight(facts, state?.rollout?.weightBasisPoints ?? EVERYONE),
    ...explainForgeable(facts),
    ...explainVisitors(facts),
    ...explainLifts(record?.quarantine ?? [], lifts, record?.generation ?? 0),
  ];
}

/** An alarm over all visitors sees a canary only as far as the canary is of all visitors. */
function explainSight(
  { environment, observations }: EnvironmentFacts,
  weight: number,
): readonly string[] {
  const { alarms } = observations;
  const maySee = alarms.some(({ seesCanary, state }) => seesCanary || state === 'unreadable');
  if (weight === EVERYONE || alarms.length === 0 || maySee) return [];
  const share = weight / 100;
  const blind =
    `no guard alarm can see a canary of ${share} %: they look at all visitors, ` +
    `and with every canary visit failing their error rate grows by ${share} points at most`;
  const add = 'Add an alarm on a metric with a dimension whose value is canary';
  switch (environment.guard.beacon?.act) {
    case 'rollback':
      return [];
    case 'hold':
      return [`${blind}; the beacon sees it, and holds it (\`beacon: hold\`)`];
    case undefined:
      return [`warning: ${blind}. ${add}`];
  }
}

/** Whoever sends reports could roll back with these. */
function explainForgeable({ observations }: EnvironmentFacts): readonly string[] {
  return observations.alarms.flatMap(({ name, countsReports }) =>
    countsReports
      ? [
          `warning: alarm ${name} counts what browsers report, which anybody can forge, and rolls back as any other: ` +
            'take it out of `guard.alarms`; `guard.beacon` weighs the same reports',
        ]
      : [],
  );
}

/** The figures of the verdict. */
function explainVisitors(facts: EnvironmentFacts): readonly string[] {
  const rollout = facts.adoption.record?.rollout;
  const { environment, observations, now } = facts;
  const beacon = rollout && judgeBeacon({ policy: environment, observations, now }, rollout);
  if (beacon === undefined) return [];
  const said = {
    pass: 'pass',
    fail: 'fail',
    few: 'insufficient',
    unusable: 'insufficient',
  } as const;
  return [`${VISITORS}${said[beacon.kind]}): ${beacon.evidence.join('; ')}`];
}
