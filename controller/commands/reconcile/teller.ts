import type { ExitCode } from '../../core/errors.ts';
import { renderCountdown, renderWatched, type WatchedView } from '../../core/report/watch.ts';
import type { Context } from '../../ports/context.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import { renderReconciled, tellReconciled, type Reconciled } from './once.ts';

/** How a watch talks: on a terminal one line that changes, elsewhere a line for every change. */
export interface Teller {
  ran(run: Reconciled): Promise<void>;
  /** What is waited for; told once for as long as it stays the same. */
  waits(views: readonly WatchedView[]): void;
  /** Between two looks, on a terminal. */
  counts(views: readonly WatchedView[]): void;
  says(text: string): void;
  ended(text: string, exitCode: ExitCode): void;
}

export function createTeller(context: Context, loaded: LoadedPolicies, isJson: boolean): Teller {
  const { terminal, clock } = context;
  const told = new Map<string, string>();
  const emit = (kind: string, value: object): void =>
    terminal.print(JSON.stringify({ at: clock.now().toISOString(), kind, ...value }));
  return {
    async ran(run) {
      // What has not changed was told when it began.
      const outcomes = run.outcomes.filter(({ status }) => status !== 'unchanged');
      const news = { ...run, outcomes };
      if (isJson) emit('reconciled', JSON.parse(renderReconciled(news, loaded, true)) as object);
      else terminal.print(renderReconciled(news, loaded, false));
      await tellReconciled(context, news, loaded);
    },
    waits(views) {
      for (const view of views) {
        const line = renderWatched(view);
        if (told.get(view.name) === line) continue;
        told.set(view.name, line);
        const { name, why, until, alarms } = view;
        if (isJson) emit('waiting', { name, why, until, alarms });
        else terminal.note(line);
      }
    },
    counts(views) {
      if (terminal.interactive) terminal.progress(renderCountdown(views, clock.now()));
    },
    says(text) {
      if (isJson) emit('left', { text });
      else terminal.note(text);
    },
    ended(text, exitCode) {
      if (isJson) emit('ended', { text, exitCode });
      else terminal.print(text);
    },
  };
}
