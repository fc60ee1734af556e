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

/** A subject that could not be read or planned. */
export interface Failure {
  readonly subject: Subject;
  readonly error: unknown;
}

/** One text per cause: a missing bucket is told once, with all that need it before it. */
export function explainFailures(failures: readonly Failure[]): readonly string[] {
  const names = new Map<string, ReadonlySet<string>>();
  for (const { subject, error } of failures) {
    const text = explainError(error);
    names.set(text, new Set([...(names.get(text) ?? []), nameSubject(subject)]));
  }
  return [...names].map(([text, subjects]) => `${[...subjects].join(', ')}  FAILED  ${text}`);
}

/** For `--json`: each subject with its own. */
export function describeFailures(
  failures: readonly Failure[],
): readonly { readonly subject: Subject; readonly message: string }[] {
  return failures.map(({ subject, error }) => ({ subject, message: explainError(error) }));
}
