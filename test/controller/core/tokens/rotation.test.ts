import { expect, it } from 'vitest';
import { makeKid, mayDropAt } from '../../../../controller/core/tokens/rotation.ts';

const DAY = 86_400;
const march = (day: number) => new Date(Date.UTC(2026, 2, day));
const kid = (day: number) => makeKid(march(day), undefined);

it('names keys in order of time, even when a clock goes back', () => {
  expect(kid(1)).toBe('kmm6zh1c0');
  expect(kid(2) > kid(1)).toBe(true);
  expect(makeKid(march(1), kid(2)) > kid(2)).toBe(true);
});

it('drops a third key once all that it signed has expired', () => {
  const kids = [kid(5), kid(4), kid(1)];
  expect(mayDropAt(kids, 7 * DAY, march(5))).toEqual(march(12));
  expect(mayDropAt(kids, 7 * DAY, march(12))).toBeUndefined();
  expect(mayDropAt(kids.slice(0, 2), 7 * DAY, march(5))).toBeUndefined();
});
