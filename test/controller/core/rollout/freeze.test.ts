import { expect, it } from 'vitest';
import { completeFreeze } from '../../../../controller/core/policy/freeze.ts';
import { findFreeze } from '../../../../controller/core/rollout/freeze.ts';

const weekly = (text: string, zone: string) => completeFreeze({ weekly: text, zone, reason: 'x' });
const weekend = weekly('Fri 16:00 - Mon 08:00', 'Europe/Berlin');

it.each([
  // Summer: +02:00.
  ['2026-07-10T13:59:59Z', undefined],
  ['2026-07-10T14:00:00Z', '2026-07-13T06:00:00.000Z'],
  ['2026-07-13T05:59:59.999Z', '2026-07-13T06:00:00.000Z'],
  ['2026-07-13T06:00:00Z', undefined],
  // The clocks change in the night to Sunday.
  ['2026-10-24T08:00:00Z', '2026-10-26T07:00:00.000Z'],
  ['2026-03-28T08:00:00Z', '2026-03-30T06:00:00.000Z'],
])('a weekly window goes by the clocks of its zone: at %s until %s', (now, until) => {
  expect(findFreeze([weekend], new Date(now))?.until).toBe(until);
});

it('a window ends when the one that overlaps it ends', () => {
  const holidays = completeFreeze({
    from: '2026-07-12T00:00Z',
    to: '2026-07-15T00:00+02:00',
    reason: 'holidays',
  });
  const found = findFreeze([weekend, holidays], new Date('2026-07-11T00:00Z'));
  expect(found).toEqual({ window: weekend, until: '2026-07-14T22:00:00.000Z' });
});

it('windows without a gap have no end', () => {
  const halves = [weekly('Mon 00:00 - Thu 00:00', 'UTC'), weekly('Thu 00:00 - Mon 00:00', 'UTC')];
  expect(findFreeze(halves, new Date('2026-07-11T00:00Z'))).toEqual({
    window: halves[1],
    until: undefined,
  });
});
