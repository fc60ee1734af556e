/** What visitors of a rollout met, as far as the guard looks at it. */
import type { VisitorLine } from '../../../../edge/contract/visitor-line.ts';

/** A line of the edge's log, of one app, environment and rollout. */
export interface SeenLine extends Pick<
  VisitorLine,
  'arm' | 'kind' | 'build' | 'weightBasisPoints' | 'slot'
> {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type VisitorEvidence = CountedVisitors | UnreadVisitors;

export interface UnreadVisitors {
  readonly kind: 'unread';
  readonly why: string;
}

export interface CountedVisitors {
  readonly kind: 'counted';
  /** One of so many slots was read; 1: all. */
  readonly sampling: number;
  readonly stable: ArmCount;
  readonly canary: ArmCount;
  /** That the canary fails more often: by reported errors, and by pages that never reported. */
  readonly errors: number;
  readonly whites: number;
  /** That the canary's part of the visitors is not its weight; that of reports from slots that never came it is more. */
  readonly uneven: number;
  readonly unevenStrays: number;
  /** That it doesn't fail twice as often; of what there is now, not the most there ever was. */
  readonly notDoubled: number;
  /** Begin of the last minute with more new visitors than the ceiling. Milliseconds since the epoch. */
  readonly surgedAt?: number;
  /** First and last line, and how many there are. */
  readonly span?: { readonly first: number; readonly last: number; readonly lines: number };
}

/** Each visitor once, by the first outcome. */
export interface ArmCount {
  readonly visitors: number;
  readonly up: number;
  readonly failed: number;
  readonly white: number;
}

/** Later lines may still be on their way into the log. */
export const SETTLED_SECONDS = 90;
/** A page that reported nothing for so long stayed white. */
export const WHITE_SECONDS = 60;
