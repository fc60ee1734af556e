import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../edge/contract/route.ts';
import { adoptLive } from '../../../../controller/core/state/adopt.ts';
import type { LiveRoute } from '../../../../controller/core/state/live.ts';
import type { EnvironmentRecord } from '../../../../controller/core/state/record.ts';
import { STEPS } from '../../../fakes/world.ts';

const FACTS = {
  now: new Date('2026-03-01T00:00:00Z'),
  by: 'tester',
  steps: STEPS,
  hosts: ['shop.example.com'],
  store: 'headgate-prod',
};

function live(changes: Partial<Route>): LiveRoute {
  const route: Route = {
    v: 1,
    gen: 7,
    app: 'shop',
    env: 'prod',
    spa: 1,
    stable: ['1', 'd1'],
    kept: [],
    barred: [],
    pool: { include: ['/assets/*'], exclude: [] },
    preview: 'open',
    ...changes,
  };
  return { route, text: JSON.stringify(route) };
}

function recordOf(route: LiveRoute, changes: Partial<EnvironmentRecord> = {}): EnvironmentRecord {
  const adopted = adoptLive(undefined, route, FACTS).record;
  if (adopted === undefined) throw new Error('a live route is always adopted without a record');
  return { ...adopted, ...changes };
}

const MARKER = { build: ['2', 'd2'], reason: 'alarm', at: 1_770_000_000, gen: 8 } as const;

describe('adoptLive', () => {
  it('leaves a record alone that says what is live', () => {
    const record = recordOf(live({}));
    expect(adoptLive(record, live({}), FACTS)).toEqual({ record, reason: undefined });
  });

  it('finishes an intent that reached the edge, exactly as it was intended', () => {
    const next = recordOf(live({ gen: 8, stable: ['2', 'd2'] }));
    const stored = recordOf(live({}), { intent: next });
    const now = live({ gen: 8, stable: ['2', 'd2'] });
    expect(adoptLive(stored, now, FACTS)).toEqual({ record: next, reason: 'intent-finished' });
  });

  it('voids an intent that did not', () => {
    const stored = recordOf(live({}), { intent: recordOf(live({ gen: 8 })) });
    const adoption = adoptLive(stored, live({}), FACTS);
    expect(adoption.reason).toBe('intent-void');
    expect(adoption.record).not.toHaveProperty('intent');
  });

  it('takes a rollback over an intent of the same generation', () => {
    const stored = recordOf(live({ canary: { build: ['2', 'd2'], weight: 500, salt: 7 } }), {
      intent: recordOf(live({ gen: 8, canary: { build: ['2', 'd2'], weight: 2500, salt: 7 } })),
    });
    const rolledBack = live({ gen: 8, kept: [['2', 'd2']], barred: ['2'], rollback: MARKER });
    const { record, reason } = adoptLive(stored, rolledBack, FACTS);
    expect(reason).toBe('rollback');
    expect(record).toMatchObject({
      generation: 8,
      phase: 'held',
      hold: { build: { build: '2', digest: 'd2' }, rollback: 8 },
      quarantine: [{ build: { build: '2', digest: 'd2' }, rollback: 8, reason: 'alarm' }],
      last: { event: 'rolled-back', generation: 8 },
    });
  });

  it('takes a rollback also when the record already claims its generation', () => {
    const stored = recordOf(live({ gen: 8 }));
    const rolledBack = live({ gen: 8, barred: ['2'], rollback: MARKER });
    expect(adoptLive(stored, rolledBack, FACTS).record).toMatchObject({ phase: 'held' });
  });

  it('does not hold again for a rollback that was answered', () => {
    const answered = recordOf(live({ gen: 8, rollback: MARKER }), { phase: 'idle' });
    const { hold: _, ...stored } = answered;
    const later = live({ gen: 9, preview: 'off', rollback: MARKER });
    expect(adoptLive(stored, later, FACTS)).toMatchObject({
      reason: 'newer-route',
      record: { phase: 'idle', generation: 9 },
    });
  });

  it('takes a newer route over an older record, as after restoring a backup', () => {
    const stored = recordOf(live({ gen: 3 }));
    expect(adoptLive(stored, live({ gen: 7 }), FACTS)).toMatchObject({
      reason: 'newer-route',
      record: { generation: 7, last: { event: 'adopted', from: 'generation 3' } },
    });
  });

  it('keeps the time a rollout began, and what holds it, when the route shows the same rollout', () => {
    const canary = { build: ['2', 'd2'], weight: 500, salt: 7 } as const;
    const stored = recordOf(live({ canary }));
    const earlier = '2026-02-28T23:00:00.000Z';
    const reported = ['visitors of the canary meet errors more often'];
    const rollout = stored.rollout && { ...stored.rollout, startedAt: earlier, reported };
    const { record } = adoptLive(
      { ...stored, ...(rollout && { rollout }) },
      live({ gen: 8, canary: { ...canary, weight: 2500 } }),
      FACTS,
    );
    expect(record?.rollout).toMatchObject({
      startedAt: earlier,
      reported,
      step: 1,
      weightBasisPoints: 2500,
      stepStartedAt: FACTS.now.toISOString(),
    });
  });

  it('without a record, bars what the route bars, by number where the digest is lost', () => {
    const { record } = adoptLive(
      undefined,
      live({ barred: ['2', '3'], kept: [['2', 'd2']] }),
      FACTS,
    );
    expect(record?.quarantine.map(({ build }) => build)).toEqual([
      { build: '2', digest: 'd2' },
      { build: '3', digest: '' },
    ]);
  });

  it('knows that a first release did not happen when only its intent was written', () => {
    const stored = recordOf(live({}), { generation: 0, intent: recordOf(live({ gen: 1 })) });
    expect(adoptLive(stored, undefined, FACTS)).toEqual({
      record: undefined,
      reason: 'intent-void',
    });
  });
});
