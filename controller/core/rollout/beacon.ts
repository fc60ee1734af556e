/** What visitors' reports mean for a rollout. Anybody can forge them: alone they hold it, at most. */
import { nameBuild, startWith } from '../state/build.ts';
import { applyLifts } from '../state/quarantine.ts';
import type { EnvironmentRecord, Rollout, State } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import type { Decision, Move, RollBack, Situation, Stay } from './decision.ts';
import { presentStep } from './step.ts';
import { describeFired, type Verdict } from './verdict.ts';
import { judgeVisitors, type BeaconVerdict } from './visitors/judge.ts';

/** undefined: nobody is asked, or everyone has the canary, so that there is nobody to compare it with. */
export function judgeBeacon(
  { policy, observations, now }: Pick<Situation, 'policy' | 'observations' | 'now'>,
  rollout: Rollout,
): BeaconVerdict | undefined {
  const { visitors } = observations;
  const { weightBasisPoints, reported } = rollout;
  if (policy.guard.beacon === undefined || weightBasisPoints === EVERYONE) return undefined;
  if (reported !== undefined) return { kind: 'fail', evidence: reported };
  return visitors && judgeVisitors(visitors, now);
}

/** A failure rolls back where the policy says so, or where an alarm says the same. */
export function rollBackByBeacon(
  { policy, observations }: Situation,
  beacon: BeaconVerdict | undefined,
): RollBack | undefined {
  if (beacon?.kind !== 'fail') return undefined;
  const fired = describeFired(observations);
  if (policy.guard.beacon?.act !== 'rollback' && fired.length === 0) return undefined;
  return { kind: 'roll-back', reason: 'alarm', evidence: [...beacon.evidence, ...fired] };
}

/**
 * Until a person decides: neither time nor further visitors take the evidence back. So it is written down, for
 * the log may be silent, unreadable or longer than can be read when somebody looks again.
 */
export function holdByBeacon(
  { policy, now }: Situation,
  { record, rollout, beacon, deadline }: Held,
): Stay | Move | undefined {
  if (beacon?.kind !== 'fail') return undefined;
  const why =
    `${startWith(rollout.canary)} stays at ${rollout.weightBasisPoints / 100} %: ${beacon.evidence.join('; ')}. ` +
    'Reports can be forged, so they alone roll nothing back (`guard.beacon: hold`).';
  const wayOut =
    `Name ${nameBuild(record.stable)} again to end the rollout, or bar the build with \`headgate rollback\`; ` +
    `if the reports are wrong, take \`beacon\` out of \`guard\` of ${policy.name} for this rollout.`;
  if (rollout.reported === undefined) {
    const { evidence } = beacon;
    const state: State = {
      phase: record.phase,
      stable: record.stable,
      rollout: { ...rollout, reported: evidence },
      kept: record.kept,
      quarantine: applyLifts(record.quarantine, policy.quarantine),
    };
    return { kind: 'move', event: 'visitors-failed', why: `${why} ${wayOut}`, state, evidence };
  }
  const isOver = now.getTime() >= deadline;
  return {
    kind: 'stay',
    condition: 'blocked',
    why: isOver ? why : `${why} ${wayOut}`,
    ...(isOver && { wayOut }),
  };
}

interface Held {
  readonly record: EnvironmentRecord;
  readonly rollout: Rollout;
  readonly beacon: BeaconVerdict | undefined;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/**
 * What a step that is over still wants of visitors. Unusable figures are waited for until the
 * deadline, then the alarms alone decide: forged reports may delay a release, not end it. That too few
 * visitors came is no forger's doing: there `noData` decides.
 */
export function awaitVisitors(
  { policy, now }: Situation,
  { rollout, beacon, deadline }: Omit<Held, 'record'>,
): Decision | undefined {
  if (beacon === undefined) return undefined;
  const until = new Date(deadline).toISOString();
  const isOver = now.getTime() >= deadline;
  const subject = `${startWith(rollout.canary)} stays at ${rollout.weightBasisPoints / 100} %`;
  if (beacon.kind === 'unusable') {
    if (isOver) return undefined;
    const why = `${subject}: ${beacon.evidence.join('; ')}. From ${until} on the alarms alone decide.`;
    return { kind: 'stay', condition: 'blocked', why, until };
  }
  const wanted = presentStep(policy, rollout)?.minVisitors ?? 0;
  const { visitors = 0 } = beacon;
  if (visitors >= wanted) return undefined;
  const few = `${visitors} of the ${wanted} visitors that the step wants (minVisitors) came`;
  if (!isOver) {
    const then = policy.guard.noData === 'pass' ? 'it moves on' : 'it rolls back';
    const why = `${subject}: ${few}. It waits until ${until}, then ${then}; a lower \`minVisitors\` ends it now.`;
    return { kind: 'stay', condition: 'waiting', why, until };
  }
  if (policy.guard.noData === 'pass') return undefined;
  const passed = `${few} until ${until}, which was the deadline (guard.deadline)`;
  return { kind: 'roll-back', reason: 'no-data', evidence: [passed] };
}

/** What a policy that raises a step wants, as any move forward does: no figures that show nothing. */
export function withBeacon(verdict: Verdict, beacon: BeaconVerdict | undefined): Verdict {
  if (beacon?.kind !== 'unusable') return verdict;
  const evidence = [...verdict.evidence, ...beacon.evidence];
  return { kind: 'insufficient', evidence, unsettled: evidence };
}

/** For the history of a move. */
export function describeBeacon(beacon: BeaconVerdict | undefined): readonly string[] {
  if (beacon?.kind !== 'unusable') return beacon?.evidence ?? [];
  return [...beacon.evidence, 'until the deadline (guard.deadline): the alarms alone decided'];
}
