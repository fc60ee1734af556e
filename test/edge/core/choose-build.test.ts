import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../edge/contract/route.ts';
import { SLOTS } from '../../../edge/contract/visitor-line.ts';
import { chooseBuild } from '../../../edge/core/choose-build.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';
import { full } from '../../depth.ts';
import { NOW, route } from '../../vectors/edge.ts';

const STRIDE = full ? 1 : 16;
const COUNT = SLOTS / STRIDE;

const headers = { 'sec-fetch-mode': { value: 'navigate' } };

const visitor = (slot: number): Visitor => ({
  path: '/',
  query: '',
  headers,
  cookies: { hg_slot: { value: String(slot) } },
  ip: '192.0.2.1',
  id: 'a',
  now: NOW,
});

/** The build of every slot, or of every 16th. One visitor takes them all: a million would be cleared away again. */
const chooseAll = (stored: Route) => {
  const slot = { value: '' };
  const one: Visitor = { ...visitor(0), cookies: { hg_slot: slot } };
  return Array.from({ length: COUNT }, (_, index) => {
    slot.value = String(index * STRIDE);
    return chooseBuild(stored, one);
  });
};

const rollout = (weight: number, salt = 57): Route => ({
  ...route,
  canary: { build: ['1043', ''], weight, salt },
});
const arms: Route['split'] = { salt: 57, arms: [{ build: ['1044', ''], weight: 3000 }] };

/** Of independent draws: under 10.83 in 999 of 1,000 samples, with one degree of freedom. */
function chiSquare(one: readonly boolean[], other: readonly boolean[]): number {
  const counts = [0, 0, 0, 0];
  for (const [index, isOne] of one.entries()) {
    const cell = (isOne ? 2 : 0) + (other[index] ? 1 : 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  const [a = 0, b = 0, c = 0, d = 0] = counts;
  return (one.length * (a * d - b * c) ** 2) / ((a + b) * (c + d) * (a + c) * (b + d));
}

/** Whom a rollout of 30 % takes. */
const drawn = (salt: number) => chooseAll(rollout(3000, salt)).map((build) => build === '1043');
let first: readonly boolean[] | undefined;
const drawFirst = () => (first ??= drawn(57));

describe('the share of a rollout', () => {
  // A sample has an error of its own; all slots have not.
  const tolerance = full ? 0.2 : 1;
  it.each([100, 2500, 9000])('is its weight: %i', (weight) => {
    const given = chooseAll(rollout(weight)).filter((build) => build === '1043').length;
    expect(Math.abs((given / COUNT) * 100 - weight / 100)).toBeLessThan(tolerance);
  });

  it('takes nobody out while it grows, in whatever steps', () => {
    const weights = fc.array(fc.nat(10_000), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(SLOTS - 1), weights, (slot, steps) => {
        const builds = steps
          .toSorted((a, b) => a - b)
          .map((weight) => chooseBuild(rollout(weight), visitor(slot)));
        expect(builds).toEqual(builds.toSorted());
      }),
    );
  });

  it('is of other people in the next rollout', () => {
    for (const salt of [58, 59, 1057])
      expect(chiSquare(drawFirst(), drawn(salt))).toBeLessThan(10.83);
  });
});

describe('the split', () => {
  const isInArm = (build: string) => build === '1044';
  const plain = chooseAll({ ...route, split: arms }).map(isInArm);

  it('has its share, and keeps it while the rollout grows', () => {
    const given = plain.filter(Boolean).length;
    expect(Math.abs((given / COUNT) * 100 - 30)).toBeLessThan(full ? 0.2 : 1);
    for (const weight of [100, 10_000]) {
      const later = chooseAll({ ...rollout(weight), split: arms }).map(isInArm);
      expect(later.filter((isIn, index) => isIn !== plain[index])).toEqual([]);
    }
  });

  // Even with the salt of the rollout.
  it('is independent of the canary', () => {
    expect(chiSquare(plain, drawFirst())).toBeLessThan(10.83);
  });
});

it('draws a new session anew', () => {
  const at = (now: number) =>
    Array.from({ length: 4096 }, (_, slot) => {
      const build = chooseBuild({ ...rollout(5000), idle: 600 }, { ...visitor(slot), now });
      return build === '1043';
    });
  expect(at(NOW)).toEqual(at(NOW));
  expect(chiSquare(at(NOW), at(NOW + 601))).toBeLessThan(10.83);
});
