import type { Release } from '../policy.ts';

/** One state of a rollout, made once and returned to for each of its cases. */
export interface Phase {
  readonly name: string;
  /** The phase it follows. */
  readonly after?: string;
  readonly release: Release;
  readonly alarm?: true;
  readonly byHand?: true;
}

// What is over when the next run looks, and what no test will see the end of.
export const OVER = '0.001s';
export const LONG = '1h';
