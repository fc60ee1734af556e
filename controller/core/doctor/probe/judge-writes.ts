import type { Measured } from './statement.ts';

/** Whether a minute was enough for each, as the page on keys takes it to be. One that nobody timed says nothing. */
export function judgeWrites(times: readonly number[], writes: number): Measured {
  const latest = Math.max(0, ...times);
  const evidence = `of ${writes} writes ${times.length} were timed, the slowest ${latest} ms`;
  const isAll = times.length === writes;
  const outcome = isAll ? 'holds' : 'could not be measured';
  return { id: 'keys-minute', outcome: latest > 60_000 ? 'does not hold' : outcome, evidence };
}
