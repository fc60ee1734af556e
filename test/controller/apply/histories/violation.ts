/** What design section 7 promises, and what else must never be seen. */
export type Invariant =
  | 'unpublished'
  | 'quarantined'
  | 'weight'
  | 'after-fail'
  | 'generation'
  | 'undone'
  | 'stable'
  | 'whole'
  | 'paused'
  | 'frozen'
  | 'approval'
  | 'idempotent'
  | 'converges'
  | 'one-event'
  | 'together';

export class Violation extends Error {
  readonly invariant: Invariant;

  constructor(invariant: Invariant, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}
