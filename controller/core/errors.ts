/**
 * Errors are classed by who must act next. Core returns issues and refusals as values; only
 * commands and adapters throw, and only `cli.ts` prints and exits.
 */

/** Exit codes of every command; printed by `--help`. */
export const EXIT = {
  done: 0,
  ourBug: 1,
  usage: 2,
  unsafe: 3,
  moved: 4,
  rolledBack: 5,
  /** As shells count it: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure someone can act on: what is wrong, and the next step. */
export class HeadgateError extends Error {
  readonly exitCode: ExitCode;
  /** The next move, as a sentence or a command to run. */
  readonly next: string;

  constructor(
    exitCode: ExitCode,
    message: string,
    { next, ...options }: { next: string; cause?: unknown },
  ) {
    super(message, options);
    this.name = 'HeadgateError';
    this.exitCode = exitCode;
    this.next = next;
  }
}

/** The policy, the arguments or the surroundings (credentials, bucket, endpoint) are wrong. */
export class UsageError extends HeadgateError {
  constructor(message: string, next: string, options?: { cause?: unknown }) {
    super(EXIT.usage, message, { next, ...options });
    this.name = 'UsageError';
  }
}

/** AWS did not answer, or had no time: a write may or may not have been carried out. */
export class UnansweredError extends UsageError {
  override readonly name = 'UnansweredError';
}

/** Whoever asks may not do that. */
export class DeniedError extends UsageError {
  override readonly name = 'DeniedError';
}

/** Doing it would be unsafe: refused. */
export class RefusedError extends HeadgateError {
  constructor(message: string, next: string) {
    super(EXIT.unsafe, message, { next });
    this.name = 'RefusedError';
  }
}

/** The live state moved under us: nothing was overwritten; running again converges. */
export class ConflictError extends HeadgateError {
  constructor(message: string, next = 'Run the command again: it reads the new state first.') {
    super(EXIT.moved, message, { next });
    this.name = 'ConflictError';
  }
}
