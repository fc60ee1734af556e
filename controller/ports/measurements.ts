import type { PartName } from '../core/doctor/probe/part.ts';
import type { Ended, Measured } from '../core/doctor/probe/statement.ts';
import type { Probe } from './probe.ts';

export interface MeasureOrder {
  /** Of all that is made for it: `headgate-probe-<when>`. Nobody else's may begin so. */
  readonly name: string;
  readonly parts: readonly PartName[];
  /** Writes of the KeyValueStore whose way to the edge is timed. */
  readonly writes: number;
  /** Milliseconds that a minute lasts there: fewer on a local cloud that goes faster. */
  readonly minute: number;
  readonly say: (line: string) => void;
  /** Aborted: it ends early, and takes away what was made until then. */
  readonly signal: AbortSignal;
  /** Who visits the distribution. */
  readonly visitor: Probe;
}

export interface Findings {
  readonly account: string;
  readonly measured: readonly Measured[];
  readonly ended: readonly Ended[];
  /** Milliseconds from a write to the first answer with it, each. */
  readonly propagation: readonly number[];
  /** What it could not take away, each with why. */
  readonly left: readonly string[];
  /** What AWS holds for hours: a later run takes it away. */
  readonly later: readonly string[];
  /** What earlier runs could not, or one that still runs. */
  readonly leftOvers: readonly string[];
}

/** Finds out how AWS behaves, with things of its own in the account. */
export interface Measurements {
  /** Takes away what it made, also when it fails. */
  measure(order: MeasureOrder): Promise<Findings>;
}
