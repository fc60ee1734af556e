import type { ThrottlingOptions } from '@octokit/plugin-throttling';

type Group = NonNullable<ThrottlingOptions['write']>;
type Job = (...args: readonly unknown[]) => PromiseLike<unknown>;

/**
 * When writes go out: the first `burst` at once, then one per `interval`. The plugin's own pace, 3 seconds
 * between any two comments, would make every small run wait for what only large ones cause. GitHub
 * limits content to 80 requests a minute (documented), and wants a second between many.
 */
export function createPace(
  { burst, interval }: { readonly burst: number; readonly interval: number },
  now: () => number = Date.now,
): Group {
  // The time at which the next write would be due if none had been spared.
  let due = 0;
  const wait = async () => {
    due = Math.max(due, now() - burst * interval) + interval;
    const milliseconds = due - now();
    if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
  };
  const schedule = async (_options: unknown, job: Job, ...args: readonly unknown[]) => {
    await wait();
    return job(...args);
  };
  return asGroup(schedule);
}

/** Of requests that another group already holds back. */
export const UNPACED: Group = asGroup((_options: unknown, job: Job, ...args: readonly unknown[]) =>
  job(...args),
);

/** All that the plugin asks of a Bottleneck group. */
function asGroup(schedule: unknown): Group {
  return { key: () => ({ schedule }) } as unknown as Group;
}
