/** The controller's durable memory of one environment, at `<app>/environments/<env>/record.json`. */

import type { RollbackMarker } from '../../../edge/contract/route.ts';
import type { NotifyPolicy } from '../policy/guard-policy.ts';
import type { AlarmName, BreakerPolicy, QuarantineLift } from '../policy/policy.ts';
import type { Build } from './build.ts';
import type { Train, TrainMember } from './train.ts';

export const RECORD_VERSION = 1;

/**
 * `idle`: stable serves everyone. `rolling`: the canary serves a share. `baking`: the canary serves
 * everyone, the guard is still armed. `held`: rolled back; stable serves everyone until the policy
 * names another build or lifts the quarantine.
 */
export type Phase = 'idle' | 'rolling' | 'baking' | 'held';

/** What one generation stands for: enough to render its route. */
export interface State {
  readonly phase: Phase;
  readonly stable: Build;
  /** Present while rolling or baking. */
  readonly rollout?: Rollout;
  /** Newest first. */
  readonly kept: readonly Build[];
  /** Newest first. */
  readonly quarantine: readonly Quarantine[];
  /** Present while held: the rolled-back build that the policy may go on naming without effect. */
  readonly hold?: { readonly build: Build; readonly rollback: number };
  /** The last rollback, until the next rollout starts; the route carries it. */
  readonly marker?: RollbackMarker;
}

export interface EnvironmentRecord extends State {
  readonly version: typeof RECORD_VERSION;
  readonly app: string;
  readonly environment: string;
  /** Generation of the last route known to be live. */
  readonly generation: number;
  /** That route's exact text. */
  readonly route: string;
  /** The KeyValueStore it was written to: the one that the functions read. Absent: Lambda@Edge reads it from SSM. */
  readonly store?: string;
  /** KeyValueStore keys (hosts) that carry it; for Lambda@Edge the hosts that it is served on. */
  readonly hosts: readonly string[];
  /** The guard's own, newest first, of the day before the newest; the breaker counts them. */
  readonly rollbacks?: readonly RollbackSeen[];
  /** Of the policy that made this generation. Absent in records of earlier versions. */
  readonly remembered?: Remembered;
  /** The history entry of `generation`, so that a run that crashed before writing it can be completed. */
  readonly last: HistoryEntry;
  /** Set by a person: nothing is done by itself until it is gone. */
  readonly pause?: Pause;
  /** When the last pause of this generation ended: no deadline passes in a pause. ISO 8601. */
  readonly resumedAt?: string;
  /** From this generation on, `notify` may not have been told yet. Absent: nothing is open. */
  readonly untold?: number;
  /** GitHub may not show this generation yet. Absent: nothing is open, also in records of earlier versions. */
  readonly unshown?: true;
  /** The write that made this generation made those of others, too. Absent: it was this one's alone. */
  readonly train?: Train;
  /** The builds that everyone got, newest first. Absent in records of earlier versions. */
  readonly served?: readonly Served[];
  /**
   * Lambda@Edge alone: the generation of an interrupted run that was found not to be live, and may have been for
   * a moment, because SSM has no conditional write. The next run goes above it.
   */
  readonly mayBeServed?: number;
  /** Written before the edge is: the record this writer is about to make true. A later run finishes or voids it. */
  readonly intent?: EnvironmentRecord;
}

/** What the guard and a rollback need when the policy can't be used, or CloudFront's API doesn't answer. */
export interface Remembered {
  readonly group: string;
  readonly alarms: readonly AlarmName[];
  readonly needed: number;
  /** Of `store`: with it no call is needed to find the store. */
  readonly storeArn?: string;
  /** The parameter that other tools read, of an adopted set-up. */
  readonly activeBuildParameter?: string;
  readonly notify?: NotifyPolicy;
  /** Lifts that were in the policy: of a rollback that comes after them they mean nothing. */
  readonly lifts?: readonly QuarantineLift[];
  readonly breakerLift?: BreakerPolicy['lift'];
  /** All that `together` names with this environment, itself too: a rollback takes them along. Absent: none. */
  readonly together?: readonly TrainMember[];
}

export interface Pause {
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

/** A time in which everyone got one build. */
export interface Served {
  readonly build: Build;
  /** ISO 8601. */
  readonly since: string;
  /** ISO 8601; absent: it goes on. */
  readonly until?: string;
  /** It got through its bake. */
  readonly stable?: true;
}

export interface Rollout {
  readonly canary: Build;
  readonly salt: number;
  /** Index into the policy's steps; their number from 100 % on. */
  readonly step: number;
  readonly weightBasisPoints: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** When the present step (or the bake) began. ISO 8601. */
  readonly stepStartedAt: string;
  /** Why visitors' reports held it. A log that is later silent, or too long to be read, must not take it back. */
  readonly reported?: readonly string[];
}

/** One entry of an alarm into ALARM. */
export interface AlarmSeen {
  readonly name: string;
  readonly region: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

export interface RollbackSeen {
  /** Its generation. */
  readonly rollback: number;
  /** ISO 8601. */
  readonly at: string;
  /** As in `Quarantine`, of lifts of the breaker. */
  readonly early?: readonly string[];
}

export interface Quarantine {
  readonly build: Build;
  /** Generation of the rollback that barred it; a lift must name it. */
  readonly rollback: number;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
  /** Reasons of lifts that named this rollback before it happened: nobody can have meant it. */
  readonly early?: readonly string[];
}

export type Event =
  | 'first-release'
  | 'rollout-started'
  | 'rollout-superseded'
  | 'rollout-aborted'
  | 'step'
  | 'visitors-failed'
  | 'bake-started'
  | 'rollout-finished'
  | 'rolled-back'
  | 'hold-ended'
  | 'settings-changed'
  | 'paused'
  | 'resumed'
  | 'adopted';

/** One line of history, at `<app>/environments/<env>/history/<generation>.json`, append-only. */
export interface HistoryEntry {
  readonly generation: number;
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly commit?: string;
  readonly event: Event;
  /** One sentence for people. */
  readonly why: string;
  readonly from: string;
  readonly to: string;
  /** Stable from then on: what may be returned to. Absent in entries of earlier versions. */
  readonly stable?: Build;
  /** The build that it is about. Absent in entries of earlier versions. */
  readonly build?: string;
  readonly evidence: readonly string[];
  /** Environments that the same write moved, such as `checkout/prod`. Absent: none. */
  readonly with?: readonly string[];
}
