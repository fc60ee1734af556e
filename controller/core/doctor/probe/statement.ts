import type { PartName } from './part.ts';

/** A statement about AWS that our pages mark as assumed. */
export interface Statement {
  readonly id: string;
  /** From the root of the repository. */
  readonly page: string;
  /** Stands in the line that says "assumed", and in no other such line of the page. */
  readonly says: string;
  /** How `doctor --probe` measures it, and in which part; or why no program can. */
  readonly measured: { readonly how: string; readonly part: PartName } | { readonly not: string };
}

export interface Measured {
  readonly id: string;
  readonly outcome: 'holds' | 'does not hold' | 'could not be measured';
  /** What was seen. */
  readonly evidence: string;
}

/** What of the probe's order and findings its report tells. */
export interface ProbeReport {
  readonly account: string;
  readonly at: string;
  readonly parts: readonly PartName[];
  readonly measured: readonly Measured[];
  /** Parts that ended before they had seen all, each with why. */
  readonly ended: readonly Ended[];
  /** Milliseconds from the write of a KeyValueStore to the first answer with it, seen from one place. */
  readonly propagation: readonly number[];
  /** Of earlier runs. */
  readonly leftOvers: readonly string[];
}

export interface Ended {
  readonly part: PartName;
  readonly why: string;
}
