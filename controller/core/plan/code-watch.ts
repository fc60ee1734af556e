/** How new edge code is judged: by the runs of it that failed since it went out. */
import type { EdgeGroup } from '../policy/policy.ts';
import type { CodeRelease } from '../state/code-record.ts';

/**
 * Failed runs of both functions that new code may have during its watch. Ours never fails by itself,
 * and every failed run is a visitor without a page.
 */
const ERRORS_TOLERATED = 10;

const MINUTE = 60_000;

/** Assumed: so late CloudWatch has the figures of a minute that is over. AWS says "within minutes". */
const FIGURES_LATE = 3 * MINUTE;

/** How often the functions failed since the code that is being watched went out. */
export type ErrorsSeen = { readonly count: number } | { readonly unreadable: string };

export interface WatchWindow {
  /** From here to there failed runs count. */
  readonly since: Date;
  readonly until: Date;
  /** All figures are in: what was not seen by then didn't happen. */
  readonly concludes: Date;
}

/**
 * At least one whole minute, since CloudWatch counts by those. Worked example: out at 12:00:10 with a
 * watch of 30 s, the minute from 12:01 counts, and the watch ends at 12:05.
 */
export function watchWindow({ at }: CodeRelease, { watchSeconds }: EdgeGroup): WatchWindow {
  const out = Date.parse(at);
  // The minute that was under way has the errors of the code before, too.
  const since = Math.ceil(out / MINUTE) * MINUTE;
  const until = Math.max(out + watchSeconds * 1000, since + MINUTE);
  return {
    since: new Date(since),
    until: new Date(until),
    concludes: new Date(until + FIGURES_LATE),
  };
}

interface Watched {
  readonly release: CodeRelease;
  readonly why: string;
  readonly until?: string;
}

interface Watching {
  readonly group: EdgeGroup;
  readonly errors: ErrorsSeen | undefined;
  readonly now: Date;
}

/** Quiet once its watch is over with few errors; without the figures only when nobody asks for them. */
export function watch(running: CodeRelease, { group, errors, now }: Watching): Watched {
  const code = `Edge code ${running.hash}`;
  if (running.quiet) return { release: running, why: `${code} stays.` };
  if (hasFailed(errors)) {
    return { release: running, why: `${code} fails: ${describeErrors(errors)}.` };
  }
  const quiet = { ...running, quiet: true };
  if (group.watchSeconds === 0) return { release: quiet, why: `${code} is not watched.` };
  if (errors === undefined || 'unreadable' in errors) {
    const why =
      `${code} can't be watched: ${errors?.unreadable ?? 'errors were not read'}. It is quiet once the figures can be read; ` +
      `or say \`watch: 0s\` for group ${group.name} to go on without them, or pin earlier code with \`code:\`.`;
    return { release: running, why };
  }
  const { concludes } = watchWindow(running, group);
  if (now >= concludes) return { release: quiet, why: `${code} is quiet.` };
  const until = concludes.toISOString();
  return { release: running, why: `${code} is watched until ${until}.`, until };
}

export function hasFailed(errors: ErrorsSeen | undefined): errors is { readonly count: number } {
  return errors !== undefined && 'count' in errors && errors.count > ERRORS_TOLERATED;
}

export function describeErrors({ count }: { readonly count: number }): string {
  return `the functions failed ${count} times, ${ERRORS_TOLERATED} are tolerated`;
}
