import { expect, it } from 'vitest';
import type { CountedVisitors } from '../../../../../controller/core/rollout/visitors/evidence.ts';
import { judgeVisitors } from '../../../../../controller/core/rollout/visitors/judge.ts';

const NOW = Date.parse('2026-03-01T13:00:00Z');
const SECOND = 1000;

const SEEN: CountedVisitors = {
  kind: 'counted',
  sampling: 1,
  stable: { visitors: 19_000, up: 18_700, failed: 190, white: 110 },
  canary: { visitors: 1000, up: 984, failed: 10, white: 6 },
  errors: 1,
  whites: 1,
  uneven: 1,
  unevenStrays: 1,
  notDoubled: 1,
  span: { first: NOW - 3_600_000, last: NOW - 90 * SECOND, lines: 40_000 },
};

const span = (change: Partial<NonNullable<CountedVisitors['span']>>) => ({
  span: { first: NOW - 3_600_000, last: NOW, lines: 40_000, ...change },
});

it.each<readonly [string, Partial<CountedVisitors>, string, string]>([
  ['nothing shown yet', {}, 'few', '1,000 visitors met an error (1 %), 6 stayed white'],
  ['a doubling is out of the question', { notDoubled: 20 }, 'pass', 'stable: 190 of 19,000'],
  ['errors', { errors: 34 }, 'fail', 'meet errors more often (evidence 34, 34 is enough)'],
  ['not enough for errors', { errors: 33 }, 'few', ''],
  ['white screens', { whites: 100 }, 'fail', 'stay white more often'],
  ['not enough for white screens', { whites: 99 }, 'few', ''],
  ['more is needed of a sample', { errors: 249, sampling: 16 }, 'few', 'one of 16 visitors read'],
  ['enough of a sample', { errors: 250, sampling: 16 }, 'fail', 'evidence 250'],
  ['shares that do not fit', { uneven: 2000, errors: 1e9 }, 'unusable', 'missing, or forged'],
  ['strays that do not fit', { unevenStrays: 2000, errors: 1e9 }, 'unusable', 'who never came'],
  [
    'a stable build without the script',
    { stable: { ...SEEN.stable, up: 0, failed: 0, white: 19_000 }, errors: 1e9 },
    'unusable',
    'has stable the script?',
  ],
  [
    'a few of stable that do not report',
    {
      stable: { visitors: 5, up: 1, failed: 0, white: 4 },
      canary: { visitors: 1, up: 1, failed: 0, white: 0 },
    },
    'few',
    '',
  ],
  [
    'many of stable that do not report',
    {
      stable: { visitors: 100, up: 40, failed: 0, white: 60 },
      canary: { visitors: 20, up: 20, failed: 0, white: 0 },
    },
    'unusable',
    'has stable the script?',
  ],
  [
    'both builds without the script',
    {
      stable: { visitors: 48, up: 0, failed: 0, white: 48 },
      canary: { visitors: 2, up: 0, failed: 0, white: 2 },
    },
    'unusable',
    'no page of either build reports anything',
  ],
  [
    'a canary without the script',
    { canary: { ...SEEN.canary, up: 0, failed: 0, white: 1000 }, whites: 1e9 },
    'fail',
    'stay white',
  ],
  ['a rush just now', { surgedAt: NOW - 600 * SECOND }, 'unusable', 'far more new visitors'],
  ['a rush some time ago', { surgedAt: NOW - 601 * SECOND }, 'few', ''],
  ['a failure in a rush', { surgedAt: NOW, errors: 34 }, 'fail', ''],
  ['a silent log', span({ last: NOW - 601 * SECOND }), 'unusable', 'it is late'],
  ['a log that never has much', span({ last: NOW - 1200 * SECOND, lines: 30 }), 'few', ''],
  ['half of stable failing', { stable: { ...SEEN.stable, failed: 9500 } }, 'unusable', 'half of'],
])('%s', (_name, change, kind, evidence) => {
  const verdict = judgeVisitors({ ...SEEN, ...change }, new Date(NOW));
  const { visitors } = change.canary ?? SEEN.canary;
  expect(verdict).toMatchObject({ kind, visitors: visitors * (change.sampling ?? 1) });
  expect(verdict.evidence.join('; ')).toContain(evidence);
});

it('counts nobody where nobody could read', () => {
  expect(judgeVisitors({ kind: 'unread', why: 'throttled' }, new Date(NOW))).toEqual({
    kind: 'unusable',
    evidence: ["visitors' reports could not be read: throttled"],
  });
  const { span: _span, ...empty } = SEEN;
  expect(judgeVisitors(empty, new Date(NOW)).evidence[0]).toContain('has logged no visitor');
});
