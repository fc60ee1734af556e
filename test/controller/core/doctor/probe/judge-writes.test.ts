import { expect, test } from 'vitest';
import { judgeWrites } from '../../../../../controller/core/doctor/probe/judge-writes.ts';

test.each([
  [[900, 60_000], 'holds'],
  [[900, 60_001], 'does not hold'],
  // The line broke before the second one was seen.
  [[900], 'could not be measured'],
  [[], 'could not be measured'],
  [[300_000], 'does not hold'],
] as const)('two writes, seen after %j: %s', (times, outcome) => {
  expect(judgeWrites(times, 2).outcome).toBe(outcome);
});
