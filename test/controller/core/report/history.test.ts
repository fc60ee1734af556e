import { expect, it } from 'vitest';
import { describeDuration } from '../../../../controller/core/report/duration.ts';
import { describeHistory, renderHistory } from '../../../../controller/core/report/history.ts';
import type { Event, HistoryEntry } from '../../../../controller/core/state/record.ts';

const entry = (generation: number, minute: string, event: Event): HistoryEntry => ({
  generation,
  at: `2026-03-01T10:${minute}:00Z`,
  by: 'tester',
  event,
  why: `${event}.`,
  from: 'here',
  to: 'there',
  evidence: [],
});

it('tells how long each generation lasted, and what its rollout took', () => {
  const entries = [
    entry(5, '50', 'rolled-back'),
    entry(4, '40', 'rolled-back'),
    entry(3, '20', 'rollout-superseded'),
    entry(2, '10', 'rollout-started'),
    entry(1, '00', 'first-release'),
  ];
  const lines = describeHistory(entries, new Date('2026-03-01T11:00:30Z'));
  expect(lines.map(({ lastedSeconds }) => lastedSeconds)).toEqual([630, 600, 1200, 600, 600]);
  // The last one came after a rollback: it ended no rollout.
  expect(lines.map(({ rolloutSeconds }) => rolloutSeconds)).toEqual([
    undefined,
    1200,
    600,
    undefined,
    undefined,
  ]);
  expect(renderHistory(lines)).toContain('here -> there (10m 30s so far)');
  expect(renderHistory(lines)).toContain('here -> there (10m, 20m after the rollout began)');
  expect(renderHistory([])).toBe('No history: never released.');
});

it.each([
  [0, '0s'],
  [59.6, '1m'],
  [90, '1m 30s'],
  [3600, '1h'],
  [86_401, '1d'],
  [97_200, '1d 3h'],
])('%i seconds are %s', (seconds, text) => {
  expect(describeDuration(seconds)).toBe(text);
});
