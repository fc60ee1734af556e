import type { GitHubRun } from '../../core/github/run.ts';
import type { Context } from '../../ports/context.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import type { Reconciled } from './once.ts';

/** Shows GitHub what runs did, one after the other, while whoever gives them goes on. */
export interface Shower {
  show(run: Reconciled): void;
  /** Once all of it is shown, or told as a problem. */
  ended(): Promise<void>;
}

/** `run` undefined: without `--github` nothing of it is asked. */
export function createShower(
  context: Context,
  { texts }: Pick<LoadedPolicies, 'texts'>,
  { run, directory }: { readonly run: GitHubRun | undefined; readonly directory: string },
): Shower {
  const policies = { directory, texts };
  let shown = Promise.resolve();
  return {
    show({ planned, outcomes }) {
      if (run === undefined) return;
      const after = { planned, outcomes, policies };
      shown = shown.then(async () => {
        // Without `--github` nothing of it is loaded.
        const { showAfterRun } = await import('../../show/after-run.ts');
        await showAfterRun(context, run, after);
      });
    },
    ended: () => shown,
  };
}
