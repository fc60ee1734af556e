/** What a watch knows, and when it ends. */
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { gravestExit } from '../../core/plan/plan.ts';
import type { Context } from '../../ports/context.ts';
import type { RunFacts } from '../../ports/surroundings.ts';
import { readTexts, type LoadedPolicies } from '../load-policies.ts';
import type { Part } from './once.ts';
import { readCopies, type Copies, type Watched } from './look.ts';
import type { Teller } from './teller.ts';

export interface WatchOptions {
  readonly directory: string;
  readonly intervalSeconds: number;
  /** undefined: as long as something rolls. */
  readonly forSeconds: number | undefined;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
  readonly only?: Part | undefined;
}

export interface Watch {
  readonly context: Context;
  readonly loaded: LoadedPolicies;
  readonly run: RunFacts;
  readonly options: WatchOptions;
  readonly teller: Teller;
  readonly end: number;
  watched: readonly Watched[];
  copies: Copies;
  /** Of the last whole run. */
  exitCode: ExitCode;
  /** It was told that newer policies are in force. */
  isOld: boolean;
  isRolledBack: boolean;
  failedLooks: number;
}

export interface Reason {
  readonly text: string;
  /** Somebody asked for it: what others would have to mend is not this run's result. */
  readonly isAsked: boolean;
}

/** Without a request. */
export function findReasonToEnd({ context, options, watched, end }: Watch): Reason | undefined {
  if (options.signal.aborted) {
    const text = `Handed over (${String(options.signal.reason)}): nothing is half-done, the next reconcile goes on.`;
    return { text, isAsked: true };
  }
  if (watched.length === 0)
    return { text: 'Nothing that it watches is rolling any more.', isAsked: false };
  if (context.clock.now().getTime() >= end) {
    const text = 'The time of --for is over: the next reconcile goes on.';
    return { text, isAsked: false };
  }
  return undefined;
}

/**
 * Policies that were edited, another commit, or other policies that another run has brought: what this
 * watch goes by is not what should be any more.
 */
export async function findMoved(watch: Watch): Promise<string | undefined> {
  const { context, loaded, options, run, watched, copies, isOld } = watch;
  const next = 'the run of the new policies goes on.';
  if (isOld) return `Newer policies are in force: ${next}`;
  const now = await readCopies(context, watched);
  const other = [...now].find(([app, revision]) => copies.get(app) !== revision);
  if (other !== undefined) return `Another run brought other policies of ${other[0]}: it goes on.`;
  const { commit } = await context.surroundings.facts();
  if (commit !== run.commit) return `The commit moved to ${commit ?? 'none'}: ${next}`;
  const texts = await readTexts(context.files, options.directory).then(
    (found) => JSON.stringify(found.texts),
    // The directory is being replaced.
    () => undefined,
  );
  return texts === JSON.stringify(loaded.texts) ? undefined : `The policies moved: ${next}`;
}

export function concludeExit(watch: Watch, { isAsked }: Reason): ExitCode {
  const { exitCode, isOld, isRolledBack } = watch;
  return gravestExit([
    ...(isAsked || (exitCode === EXIT.moved && !isOld) ? [] : [exitCode]),
    ...(isRolledBack ? [EXIT.rolledBack] : []),
  ]);
}
