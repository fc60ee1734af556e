import { expect, it } from 'vitest';
import { judgeVisitors } from '../../../../../controller/core/rollout/visitors/judge.ts';
import {
  createShareTest,
  WORSE,
} from '../../../../../controller/core/rollout/visitors/share-test.ts';
import { full } from '../../../../depth.ts';
import { after, BEGIN, createCrowd, createRandom, fold, judge, line, pickSlot } from './crowd.ts';

/** Visitors that a one-sided fixed test needs in the smaller of two groups as 1:19 (5 %, 90 %). */
const FIXED = 1252;
const LONGEST = 20_000;
const LOOK_EVERY = 10;
const SHARE = 0.05;

const EMPTY = fold([]);
const SPAN = { first: BEGIN, last: BEGIN, lines: 1 };

function isFailure(errors: number): boolean {
  return judgeVisitors({ ...EMPTY, span: SPAN, errors }, after(0)).kind === 'fail';
}

interface Visit {
  readonly isCanary: boolean;
  readonly isFailing: boolean;
}

/**
 * The next visitor who is the canary's or fails: all others add no evidence and are not counted, and are
 * 94 of 100, so they are not drawn one by one.
 */
type Pattern = (random: () => number, ratio: number) => () => Visit;

const RATE = 0.01;

const independent: Pattern = (random, ratio) => {
  const canaries = SHARE / (SHARE + (1 - SHARE) * RATE);
  return () => {
    const isCanary = random() < canaries;
    return { isCanary, isFailing: !isCanary || random() < RATE * ratio };
  };
};

/** Whoever comes next in a burst of three fails, on either build. */
const bursts: Pattern = (random) => {
  const start = RATE / 3;
  const starts = start / (start + (1 - start) * SHARE);
  let left = 0;
  return () => {
    if (left === 0 && random() >= starts) return { isCanary: true, isFailing: false };
    left = left === 0 ? 2 : left - 1;
    return { isCanary: random() < SHARE, isFailing: true };
  };
};

/** Canary visitors until the guard's verdict is `fail`, looked at after every 10; Infinity: never. */
function runUntilCaught(seed: number, ratio: number, pattern: Pattern = independent): number {
  const random = createRandom(seed);
  const next = pattern(random, ratio);
  const test = createShareTest(WORSE);
  let visitors = 0;
  let judged: number | undefined;
  while (visitors < LONGEST) {
    const { isCanary, isFailing } = next();
    if (isFailing) test.add(isCanary, SHARE);
    if (!isCanary) continue;
    visitors++;
    // The verdict is of the evidence alone: what was not enough at the last look is not enough now.
    if (visitors % LOOK_EVERY !== 0 || judged === test.highest()) continue;
    judged = test.highest();
    if (isFailure(judged)) return visitors;
  }
  return Infinity;
}

function runs(count: number, run: (seed: number) => number): readonly number[] {
  return Array.from({ length: count }, (_, index) => run(index + 1)).toSorted((a, b) => a - b);
}

const quantile = (sorted: readonly number[], part: number) =>
  sorted[Math.floor(part * (sorted.length - 1))] ?? Infinity;
/** False alarms are rare, so they take more runs than what is to be found. */
const RUNS = full ? 1000 : 200;
const FINDS = full ? 300 : 30;
const TIME = full ? 600_000 : 30_000;

it(
  'catches a doubled error rate sooner than a fixed test, most times',
  () => {
    const caught = runs(FINDS, (seed) => runUntilCaught(seed, 2));
    const [median, p90] = [quantile(caught, 0.5), quantile(caught, 0.9)];
    process.stdout.write(
      `2x (seeds 1 to ${FINDS}): median ${median}, p90 ${p90} canary visitors\n`,
    );
    expect(median).toBeLessThanOrEqual(0.85 * FIXED);
    expect(p90).toBeLessThanOrEqual(2.5 * FIXED);
  },
  TIME,
);

it(
  'catches the hopeless at once, and the slightly worse more often than not',
  () => {
    const hopeless = quantile(
      runs(FINDS, (seed) => runUntilCaught(seed, 5)),
      0.5,
    );
    const slight = runs(FINDS, (seed) => runUntilCaught(seed, 1.3)).filter(Number.isFinite).length;
    process.stdout.write(`5x: median ${hopeless}; 1.3x: ${slight} of ${FINDS} within ${LONGEST}\n`);
    expect(hopeless).toBeLessThanOrEqual(200);
    expect(slight / FINDS).toBeGreaterThanOrEqual(0.6);
  },
  TIME,
);

it.each<readonly [string, Pattern]>([
  ['visitors fail by chance, at every request', independent],
  ['errors come in bursts of three', bursts],
])(
  'blames no build that is like the other: %s',
  (name, pattern) => {
    const caught = runs(RUNS, (seed) => runUntilCaught(seed, 1, pattern)).filter(Number.isFinite);
    process.stdout.write(`${name}: ${caught.length} of ${RUNS} blamed\n`);
    expect(caught.length / RUNS).toBeLessThanOrEqual(0.05);
  },
  TIME,
);

it.each(['visitor', 'request', 'burst'] as const)(
  'nor when all lines of all requests are read: errors by %s',
  (errors) => {
    const crowd = { visitors: full ? 8000 : 3000, minutes: 50, stable: 0.01, canary: 0.01, errors };
    const blamed = runs(full ? 100 : 2, (seed) =>
      judge(createCrowd(createRandom(seed), crowd), 53).kind === 'fail' ? 1 : 0,
    );
    expect(blamed.filter((one) => one === 1).length).toBeLessThanOrEqual(blamed.length * 0.05);
  },
  TIME,
);

it('counts a visitor once, however many of 1 to 20 requests fail', () => {
  const random = createRandom(11);
  const direct = createShareTest(WORSE);
  const met = new Set<number>();
  const lines = Array.from({ length: 10_000 }, (_, index) => index).flatMap((index) => {
    const slot = pickSlot(random);
    if (met.has(slot)) return [];
    met.add(slot);
    const isFailing = random() < 0.01;
    const at = BEGIN + index * 100;
    const navigation = line('n', slot, at);
    if (isFailing) direct.add(navigation.arm === 'canary', SHARE);
    return Array.from({ length: 1 + Math.floor(random() * 20) }).flatMap((__, page) => [
      line('n', slot, at + page * 3000),
      // One moment for both: visitors fail in the order in which they came.
      line(isFailing ? 'e' : 'o', slot, at + page * 3000),
      line(isFailing ? 'r' : 'o', slot, at + page * 3000 + 1),
    ]);
  });
  const counted = fold(lines, 60);
  expect(counted.errors).toBeCloseTo(direct.highest(), 9);
  expect(counted.stable.failed + counted.canary.failed).toBeLessThan(200);
  expect(counted.stable.visitors + counted.canary.visitors).toBe(met.size);
});
