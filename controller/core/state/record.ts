/** The controller's durable memory of one environment, at `<app>/environments/<env>/record.json`. */

import type { Build } from './build.ts';

export const RECORD_VERSION = 1;

export type Phase = 'idle' | 'rolling' | 'baking' | 'held';

export interface EnvironmentRecord {
  readonly version: typeof RECORD_VERSION;
  readonly app: string;
  readonly environment: string;
  /** Generation of the last route known to be live. */
  readonly generation: number;
  /** The last route known to be live, as its exact text. */
  readonly route: string;
  readonly phase: Phase;
  readonly stable: Build;
  readonly rollout?: Rollout;
  /** Newest first. */
  readonly kept: readonly Build[];
  /** Newest first. */
  readonly quarantine: readonly Quarantine[];
  /** Set while phase is `held`: the rolled-back build that the policy may go on naming without effect. */
  readonly hold?: { readonly build: Build; readonly rollback: number };
  /** Written before the edge is: what this writer is about to do. A later run finishes or voids it. */
  readonly intent?: Intent;
  /** The history entry of `generation`, so that a run that crashed before writing it can be completed. */
  readonly last: HistoryEntry;
}

export interface Rollout {
  readonly canary: Build;
  readonly salt: number;
  /** Index into the policy's steps; equals their number from 100 % on. */
  readonly step: number;
  readonly weightBasisPoints: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** When the present step (or the bake) began. ISO 8601. */
  readonly stepStartedAt: string;
  /** Alarms seen entering ALARM since `startedAt`; one is enough to fail, even if it went away since. */
  readonly alarmsSeen: readonly AlarmSeen[];
}

export interface AlarmSeen {
  readonly name: string;
  readonly region: string;
  /** When it entered ALARM. ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

export interface Quarantine {
  readonly build: Build;
  /** Generation of the rollback that barred it; a lift must name it. */
  readonly rollback: number;
  readonly reason: string;
  readonly at: string;
}

export interface Intent {
  readonly generation: number;
  readonly route: string;
  readonly at: string;
  readonly by: string;
}

/** One line of history, at `<app>/environments/<env>/history/<generation>.json`, append-only. */
export interface HistoryEntry {
  readonly generation: number;
  readonly at: string;
  readonly by: string;
  readonly commit?: string;
  /** Reason code of the transition, e.g. `rollout-started`, `rolled-back`. */
  readonly event: string;
  /** One sentence for people. */
  readonly why: string;
  readonly from: string;
  readonly to: string;
  readonly evidence: readonly string[];
}
