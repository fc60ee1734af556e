import type { RollbackMarker } from '../../../edge/contract/route.ts';
import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Findings } from '../provenance/attestation.ts';
import type { Build } from '../state/build.ts';
import type { EnvironmentRecord, Event, State } from '../state/record.ts';
import type { Block } from './blocked.ts';
import type { Observations } from './verdict.ts';

/** All that a decision may look at. */
export interface Situation {
  readonly policy: EnvironmentPolicy;
  /** After adoption; undefined before the first release. */
  readonly record: EnvironmentRecord | undefined;
  /** The build the policy names, as published; undefined when it isn't. */
  readonly desired: Build | undefined;
  readonly observations: Observations;
  /** Records of the environments that a release here requires, by name; without one: never released. */
  readonly required: ReadonlyMap<string, EnvironmentRecord>;
  /** Where builds come from; absent: nobody has looked. */
  readonly provenance?: Findings | undefined;
  /** The builds that the policies of the app's environments name, by environment. */
  readonly named?: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** Moves the environment to a new generation. */
export interface Move {
  readonly kind: 'move';
  readonly event: Event;
  /** One sentence for people. */
  readonly why: string;
  readonly state: State;
  readonly evidence: readonly string[];
}

/** Undoes the rollout. Carried out from the live route, not from the record. */
export interface RollBack {
  readonly kind: 'roll-back';
  /** `manual`: someone put a quarantined build back into the live route by hand. */
  readonly reason: RollbackMarker['reason'];
  readonly evidence: readonly string[];
}

/** Nothing to do now. */
export interface Stay {
  readonly kind: 'stay';
  readonly condition: 'steady' | 'waiting' | 'held' | 'blocked' | 'frozen';
  readonly why: string;
  /** What it waits for, one by one, where it is more than time. */
  readonly blocks?: readonly Block[];
  /** When time alone will move it on. ISO 8601. */
  readonly until?: string;
  /** It won't end by itself: what a person can do. The run says so with exit 3. */
  readonly wayOut?: string;
}

/** The policy asks for what must not be done. */
export interface Refuse {
  readonly kind: 'refuse';
  readonly code: 'not-published' | 'quarantined';
  readonly message: string;
  readonly next: string;
}

export type Decision = Move | RollBack | Stay | Refuse;
