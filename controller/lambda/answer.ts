/** What one invocation came to; the log has it, and a direct caller gets it. */
export interface Answer {
  readonly outcome: 'rolled-back' | 'applied' | 'nothing' | 'waits' | 'failed' | 'refused';
  readonly why: string;
  readonly evidence?: readonly string[];
  /** What was not finished although it took effect, or why it failed. */
  readonly problem?: string;
  /** Of the schedule, which may answer for several. */
  readonly subject?: string;
}

/** Thrown out of the handler: Lambda invokes an asynchronous event again, twice within minutes. */
export class RetryError extends Error {
  override readonly name = 'RetryError';
}
