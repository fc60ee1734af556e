import { expect, it } from 'vitest';
import { orderToSign, signsFrom } from '../../../edge/contract/kid.ts';

const AT = Date.UTC(2026, 2, 1);
const key = (at: number) => ({ kid: `k${at.toString(36)}` });
const newest = key(AT);
const former = key(AT - 86_400_000);

it.each([
  [0, [former, newest]],
  [69_999, [former, newest]],
  [70_000, [newest, former]],
])('after %d ms, of two keys signs', (millis, expected) => {
  const asked = { now: AT + millis, maxAgeSeconds: 10 };
  expect(orderToSign([newest, former], asked)).toEqual(expected);
  // Nobody can be ahead of the only one.
  expect(orderToSign([newest], asked)).toEqual([newest]);
});

it('says when', () => {
  expect(signsFrom(newest.kid, 10)).toBe(AT + 70_000);
});
