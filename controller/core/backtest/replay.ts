/** One past rollout once more, under another policy: the same `advance`, another clock. */
import type { EnvironmentPolicy } from '../policy/policy.ts';
import { advance } from '../rollout/advance.ts';
import type { Observations } from '../rollout/verdict.ts';
import type { SeenLine } from '../rollout/visitors/evidence.ts';
import { foldLines } from '../rollout/visitors/fold.ts';
import type { Decision, Move } from '../rollout/decision.ts';
import {
  RECORD_VERSION,
  type EnvironmentRecord,
  type RollbackSeen,
  type State,
} from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import { nextChange, observeAt, type AlarmRecord } from './alarm-record.ts';
import type { PastRollout } from './past-rollouts.ts';

export interface ReplayEvent {
  readonly at: string;
  readonly kind: 'started' | 'advanced' | 'released' | 'rolled-back' | 'blocked' | 'frozen';
  readonly why: string;
  readonly evidence: readonly string[];
}

export interface Replayed {
  readonly events: readonly ReplayEvent[];
  /** `cut`: something else began before it ended; `waiting`: it would wait still. */
  readonly outcome: 'released' | 'rolled-back' | 'never-started' | 'cut' | 'waiting';
}

/** How often a wait is looked at that may end without a change of an alarm: reconcile's own pace at best. */
const LOOK_MILLISECONDS = 60_000;
/** A bound for policies that wait for ever; more than the moves of any rollout. */
const LOOKS_LIMIT = 60 * 24 * 40;

export interface ReplayFacts {
  readonly policy: EnvironmentPolicy;
  readonly alarms: AlarmRecord;
  /** Of the guard, in the replays before this one: the breaker counts those of the last day. */
  readonly rollbacks: readonly RollbackSeen[];
  /** What the edge logged of its visitors; undefined: nothing that is known. */
  readonly visitors?: LoggedVisitors | undefined;
}

export interface LoggedVisitors {
  readonly lines: readonly SeenLine[];
  readonly sampling: number;
}

export function replay(rollout: PastRollout, facts: ReplayFacts): Replayed {
  const policy = assumeGiven(facts, rollout);
  const events: ReplayEvent[] = [];
  let record = recordBefore(rollout, facts.rollbacks);
  let at = Date.parse(rollout.startedAt);
  for (let looks = 0; looks < LOOKS_LIMIT && at <= rollout.limit; looks++) {
    const now = new Date(at);
    const decision = advance({
      policy,
      record,
      desired: rollout.canary,
      observations: observe(record, { rollout, facts, now }),
      required: new Map(),
      now,
    });
    const event = toEvent(decision, now, events);
    if (event !== undefined) events.push(event);
    if (event?.kind === 'released' || event?.kind === 'rolled-back') {
      return { events, outcome: event.kind };
    }
    if (decision.kind === 'move') record = recordAfter(record, decision.state);
    const isCounting = facts.visitors !== undefined && !isBaking(record);
    const next = nextLook(decision, at, isCounting);
    at = Math.min(next, nextChange(facts.alarms, policy.guard.alarms, at));
  }
  const isStarted = record.rollout !== undefined;
  return { events, outcome: !isStarted ? 'never-started' : at > rollout.limit ? 'cut' : 'waiting' };
}

function observe(
  record: EnvironmentRecord,
  { rollout, facts, now }: { rollout: PastRollout; facts: ReplayFacts; now: Date },
): Observations {
  const since = record.rollout?.startedAt;
  const { guard } = facts.policy;
  const seen = observeAt(facts.alarms, guard.alarms, { at: now, since });
  if (facts.visitors === undefined || since === undefined || isBaking(record)) return seen;
  const { lines, sampling } = facts.visitors;
  const builds = { stable: rollout.stable.build, canary: rollout.canary.build, sampling };
  const visitors = foldLines(lines, builds, now);
  const { span } = visitors;
  // With its share gone nobody could say more of it, and such a silence is no sign of a broken log.
  const isOver = now.getTime() > rollout.sharedUntil && span !== undefined;
  return {
    ...seen,
    visitors: isOver ? { ...visitors, span: { ...span, last: now.getTime() } } : visitors,
  };
}

function isBaking({ rollout }: EnvironmentRecord): boolean {
  return rollout?.weightBasisPoints === EVERYONE;
}

/**
 * What the past can't tell is taken as given: approvals come as soon as they are asked for, other
 * environments had the build, smoke checks pass, provenance held, and visitors that nobody logged reported nothing.
 */
function assumeGiven({ policy, visitors }: ReplayFacts, rollout: PastRollout): EnvironmentPolicy {
  const { require: _require, ...open } = policy;
  const { requires: _requires, smoke: _smoke, approved: _approved, ...release } = policy.release;
  const { beacon: _beacon, ...unasked } = policy.guard;
  const guard = visitors === undefined ? unasked : policy.guard;
  const steps =
    visitors === undefined
      ? release.steps.map(({ minVisitors: _visitors, ...step }) => step)
      : release.steps;
  const { build } = rollout.canary;
  const approved = { build, rollout: rollout.generation, weightBasisPoints: EVERYONE };
  return {
    ...open,
    quarantine: [],
    guard,
    release: { ...release, build, steps, approved },
  };
}

function recordBefore(
  { generation, stable, served, startedAt }: PastRollout,
  rollbacks: readonly RollbackSeen[],
): EnvironmentRecord {
  const day = 24 * 3600 * 1000;
  const lately = rollbacks.filter(
    ({ at }) =>
      Date.parse(startedAt) - Date.parse(at) < day && Date.parse(at) < Date.parse(startedAt),
  );
  const before = {
    version: RECORD_VERSION,
    app: '',
    environment: '',
    // Its salt is the next generation, as it was.
    generation: generation - 1,
    route: '',
    hosts: [],
    served,
    rollbacks: lately,
    last: {
      generation: generation - 1,
      at: startedAt,
      by: '',
      event: 'rollout-finished',
      why: '',
      from: '',
      to: '',
      evidence: [],
    },
  } as const;
  return { ...before, phase: 'idle', stable, kept: [], quarantine: [] };
}

function recordAfter(before: EnvironmentRecord, state: State): EnvironmentRecord {
  const { rollout: _rollout, hold: _hold, marker: _marker, ...rest } = before;
  return { ...rest, generation: before.generation + 1, ...state };
}

/** `isCounting`: visitors may say something at any time. */
function nextLook(decision: Decision, at: number, isCounting: boolean): number {
  // A move may be followed by the next one at once.
  if (decision.kind === 'move') return at + 1;
  const until = decision.kind === 'stay' ? Date.parse(decision.until ?? '') : Number.NaN;
  const isPlainWait = decision.kind === 'stay' && decision.condition === 'waiting' && !isCounting;
  const due = until > at ? until : Number.POSITIVE_INFINITY;
  return isPlainWait && Number.isFinite(due) ? due : Math.min(due, at + LOOK_MILLISECONDS);
}

function toEvent(
  decision: Decision,
  now: Date,
  before: readonly ReplayEvent[],
): ReplayEvent | undefined {
  const at = now.toISOString();
  switch (decision.kind) {
    case 'move':
      return { at, kind: kindOf(decision), why: decision.why, evidence: decision.evidence };
    case 'roll-back':
      return { at, kind: 'rolled-back', why: decision.reason, evidence: decision.evidence };
    case 'refuse':
      return undefined;
    case 'stay': {
      const { condition, why } = decision;
      const last = before.at(-1)?.kind;
      if (condition !== 'blocked' && condition !== 'frozen') return undefined;
      // Told when it begins, and not with every look.
      return last === condition ? undefined : { at, kind: condition, why, evidence: [] };
    }
  }
}

function kindOf({ event }: Move): ReplayEvent['kind'] {
  if (event === 'rollout-finished') return 'released';
  if (event === 'visitors-failed') return 'blocked';
  return event === 'rollout-started' ? 'started' : 'advanced';
}
