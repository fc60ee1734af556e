/** A statement about AWS that our pages mark as assumed. */
export interface Statement {
  readonly id: string;
  /** From the root of the repository. */
  readonly page: string;
  /** Stands in the line that says "assumed", and in no other such line of the page. */
  readonly says: string;
  /** How `doctor --probe` measures it, or why it doesn't. */
  readonly measured: { readonly how: string } | { readonly not: string };
}

export interface Measured {
  readonly id: string;
  readonly outcome: 'holds' | 'does not hold' | 'could not be measured';
  /** What was seen. */
  readonly evidence: string;
}

/** Where the probe's own things are, until it takes them away. */
export interface ProbeReport {
  readonly account: string;
  readonly at: string;
  readonly measured: readonly Measured[];
  /** Milliseconds from the write of a KeyValueStore to the first answer with it, seen from one place. */
  readonly propagation: readonly number[];
}
