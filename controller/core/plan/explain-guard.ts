import { explainLifts } from '../state/quarantine.ts';
import type { State } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import type { EnvironmentFacts } from './facts.ts';

/** What the guard can't do in this state, and lifts that lift nothing. */
export function explainGuard(facts: EnvironmentFacts, state: State | undefined): readonly string[] {
  const { record } = facts.adoption;
  const lifts = facts.environment.quarantine;
  return [
    ...explainSight(facts, state?.rollout?.weightBasisPoints ?? EVERYONE),
    ...explainLifts(record?.quarantine ?? [], lifts, record?.generation ?? 0),
  ];
}

/** An alarm over all visitors sees a canary only as far as the canary is of all visitors. */
function explainSight({ observations }: EnvironmentFacts, weight: number): readonly string[] {
  const { alarms } = observations;
  const maySee = alarms.some(({ seesCanary, state }) => seesCanary || state === 'unreadable');
  if (weight === EVERYONE || alarms.length === 0 || maySee) return [];
  const share = weight / 100;
  return [
    `warning: no guard alarm can see a canary of ${share} %: they look at all visitors, ` +
      `and with every canary visit failing their error rate grows by ${share} points at most. ` +
      'Add an alarm on a metric with a dimension whose value is canary',
  ];
}
