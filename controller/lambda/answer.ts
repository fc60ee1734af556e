import type { ExitCode } from '../core/errors.ts';

/** What one invocation came to; the log has it, and a direct caller gets it. */
export interface Answer {
  readonly outcome: 'rolled-back' | 'applied' | 'nothing' | 'waits' | 'failed' | 'refused';
  readonly why: string;
  readonly evidence?: readonly string[];
  /** What was not finished although it took effect, or why it failed. */
  readonly problem?: string;
  /** Of the schedule and of a rollback, which may answer for several. */
  readonly subject?: string;
  /** To a person who asked: whose move is next, and what a command ends with that says the same. */
  readonly next?: string;
  readonly exitCode?: ExitCode;
}

/** Thrown out of the handler: Lambda invokes an asynchronous event again, twice within minutes. */
export class RetryError extends Error {
  override readonly name = 'RetryError';
}
