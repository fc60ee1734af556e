import { expect, it } from 'vitest';
import { boundShare, formatWeight } from '../../../../controller/local/demo/share.ts';

it.each([
  { weight: 500, visitors: 2000, low: 50, high: 150 },
  { weight: 2500, visitors: 1000, low: 180, high: 320 },
  { weight: 0, visitors: 1000, low: 0, high: 0 },
  { weight: 10_000, visitors: 1000, low: 1000, high: 1000 },
])(
  '$visitors visitors at $weight basis points: $low to $high',
  ({ weight, visitors, ...bounds }) => {
    expect(boundShare(weight, visitors)).toEqual(bounds);
  },
);

it('tells the steps of the story from each other', () => {
  expect(boundShare(2500, 1000).low).toBeGreaterThan(boundShare(500, 1000).high);
  expect(boundShare(500, 1000).low).toBeGreaterThan(0);
});

it('writes weights as people do', () => {
  expect([formatWeight(500), formatWeight(50), formatWeight(10_000)]).toEqual([
    '5 %',
    '0.5 %',
    '100 %',
  ]);
});
