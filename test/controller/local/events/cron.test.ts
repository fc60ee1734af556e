import { expect, it } from 'vitest';
import { matchesCron, readCron } from '../../../../controller/local/events/cron.ts';

// A Saturday.
const HALF_PAST_TEN = '2022-01-01T10:30:00Z';

it.each<[string, string, boolean]>([
  ['30 10 * * ? *', HALF_PAST_TEN, true],
  ['31 10 * * ? *', HALF_PAST_TEN, false],
  ['0/15 * * * ? *', HALF_PAST_TEN, true],
  ['1/15 * * * ? *', HALF_PAST_TEN, false],
  ['*/7 * * * ? *', HALF_PAST_TEN, false],
  ['5,30 8-17 ? * MON-FRI *', HALF_PAST_TEN, false],
  ['5,30 8-17 ? * 7 *', HALF_PAST_TEN, true],
  ['30 20-2 * * ? *', '2022-01-01T01:30:00Z', true],
  ['30 20-2 * * ? *', HALF_PAST_TEN, false],
  ['* * 1 JAN,MAR ? 2022-2023', HALF_PAST_TEN, true],
  ['* * 1 FEB ? 2022', HALF_PAST_TEN, false],
])('%s at %s: %s', (text, time, matches) => {
  const cron = readCron(text);
  expect(cron && matchesCron(cron, new Date(time))).toBe(matches);
});

it.each([
  '0 10 * * * *',
  '0 10 ? * ? *',
  '0 10 * * ?',
  '60 10 * * ? *',
  '0 10 * * ? 1969',
  '0 10 L * ? *',
  '0 10 ? * 6#3 *',
  '0/0 * * * ? *',
  'a * * * ? *',
])('%s is none', (text) => {
  expect(readCron(text)).toBeUndefined();
});
