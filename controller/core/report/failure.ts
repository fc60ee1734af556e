import { EXIT, HeadgateError, type ExitCode } from '../errors.ts';
import { nameSubject, type Subject } from '../plan/plan.ts';

/** The exit code an error stands for: anything that isn't ours by class is our bug. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof HeadgateError ? error.exitCode : EXIT.ourBug;
}

/** A failure on one screen: what, and the next step. */
export function explainError(error: unknown): string {
  if (error instanceof HeadgateError) return `${error.message}\n  next: ${error.next}`;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${text}\n  next: This is a bug in Headgate. Please report it with the lines above. Nothing is left half-done: run the command again.`;
}

export function explainFailure({ subject, error }: { subject: Subject; error: unknown }): string {
  return `${nameSubject(subject)}  FAILED  ${explainError(error)}`;
}
