import { mapAtOnce } from '../../core/at-once.ts';
import { HeadgateError, UsageError } from '../../core/errors.ts';
import type { PullRequestsSeen } from '../../core/gc/facts.ts';
import { pullRequestOf } from '../../core/publish/pull-request.ts';
import { keys } from '../../core/state/keys.ts';
import type { CollectionStore } from '../../ports/collection-store.ts';
import type { Context } from '../../ports/context.ts';
import type { Arguments } from '../command.ts';
import { readGitHubRun } from '../require-github.ts';

/** Which pull requests with builds of an app are open; undefined: nobody says. */
export type SeePullRequests = (place: {
  readonly app: string;
  readonly store: Pick<CollectionStore, 'folders' | 'list'>;
}) => Promise<PullRequestsSeen | undefined>;

/** By `--open`, by GitHub, or not at all. */
export async function seePullRequests(
  values: Arguments['values'],
  context: Context,
): Promise<SeePullRequests> {
  const open = readOpen(values['open']);
  if (open !== undefined && values['github'] === true) {
    throw new UsageError(
      '--open and --github both say which pull requests are open.',
      'Leave one of them out.',
    );
  }
  if (open !== undefined) return async () => ({ repository: undefined, open, closed: undefined });
  const run = await readGitHubRun(context, values);
  if (run === undefined) return async () => undefined;
  return async ({ app, store }) => {
    const numbers = await listNumbers(app, store);
    try {
      return { repository: run.repository, ...(await ask([...numbers], context)) };
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error;
      context.terminal.note(
        `Builds of pull requests stay, as GitHub did not say: ${error.message}`,
      );
      return undefined;
    }
  };
}

/** Of builds that are there, and of retired ones: those come back when theirs is opened again. */
async function listNumbers(
  app: string,
  store: Parameters<SeePullRequests>[0]['store'],
): Promise<ReadonlySet<number>> {
  const { found: builds } = await store.folders(keys.untrustedBuilds(app));
  const { found: tombstones } = await store.list(keys.tombstones(app));
  const retired = tombstones.map(({ key }) =>
    key.slice(keys.tombstones(app).length, -'.json'.length),
  );
  return new Set([...builds, ...retired].flatMap((build) => pullRequestOf(build) ?? []));
}

const AT_ONCE = 8;

/** One by one: from a list, page by page, one would be missing that moved up when another one was closed. */
async function ask(
  numbers: readonly number[],
  { github }: Context,
): Promise<Pick<PullRequestsSeen, 'open' | 'closed'>> {
  const states = await mapAtOnce(numbers, AT_ONCE, async (number) => {
    return [number, await github.pullRequests.stateOf(number)] as const;
  });
  const those = (wanted: 'open' | 'closed') =>
    new Set(states.flatMap(([number, state]) => (state === wanted ? number : [])));
  return { open: those('open'), closed: those('closed') };
}

function readOpen(written: Arguments['values'][string]): ReadonlySet<number> | undefined {
  if (written === undefined) return undefined;
  if (written === 'none') return new Set();
  const numbers = String(written).split(',');
  if (numbers.every((one) => /^[1-9]\d{0,9}$/.test(one))) return new Set(numbers.map(Number));
  throw new UsageError(
    `--open ${JSON.stringify(written)} is not a list of pull requests.`,
    'For example: --open 12,15 or --open none',
  );
}
