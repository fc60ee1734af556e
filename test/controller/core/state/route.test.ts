import { describe, expect, it } from 'vitest';
import { originBuild } from '../../../../controller/core/state/build.ts';
import { rollBackRoute } from '../../../../controller/core/state/roll-back.ts';
import type { State } from '../../../../controller/core/state/record.ts';
import { parseRoute, renderRoute } from '../../../../controller/core/state/route.ts';
import { appPolicy, environmentPolicy, STEPS } from '../../../fakes/world.ts';

const ONE = { build: '1', digest: 'd1' };
const TWO = { build: '2', digest: 'd2' };
const THREE = { build: '3', digest: 'd3' };
const FOUR = { build: '4', digest: 'd4' };

const ENVIRONMENT = environmentPolicy('2', {
  release: { build: '2', line: 9, steps: STEPS, bakeSeconds: 1, keep: 3, sessionIdleSeconds: 600 },
  cohorts: [
    { name: 'staff', build: '2', line: 12, cookie: { name: 'staff' } },
    {
      name: 'office',
      build: '3',
      line: 13,
      cookie: { name: 'team', value: 'web' },
      header: { name: 'x-team', value: 'web' },
      country: ['DE'],
      ip: ['203.0.113.'],
    },
  ],
  split: [
    { build: '2', line: 15, weightBasisPoints: 500 },
    { build: '4', line: 16, weightBasisPoints: 1000 },
  ],
  preview: { access: 'signed', ttlSeconds: 60 },
  gate: {
    protect: ['/shop/*'],
    exclude: ['/shop/help'],
    accepting: false,
    rateBasisPoints: 4000,
    priority: { cookie: 'hg_priority', since: 3 },
    bypassHeaders: ['x-probe'],
    page: '/waiting/index.html',
    pageLine: 21,
    status: 429,
    idleSeconds: 1800,
    capSeconds: 43_200,
    failOpenUntil: '2026-12-01T10:00Z',
  },
});

const POLICY = {
  app: appPolicy(ENVIRONMENT),
  environment: ENVIRONMENT,
  builds: new Map([TWO, THREE, FOUR].map((build) => [build.build, { build }])),
};

function rolling(changes: Partial<State> = {}): State {
  const at = '2026-03-01T00:00:00Z';
  const rollout = {
    canary: TWO,
    salt: 2,
    step: 0,
    weightBasisPoints: 500,
    startedAt: at,
    stepStartedAt: at,
  };
  return { phase: 'rolling', stable: ONE, rollout, kept: [], quarantine: [], ...changes };
}

describe('renderRoute', () => {
  it('carries sessions, cohorts, split and gate in the edge’s words', () => {
    expect(parseRoute(renderRoute(rolling(), POLICY, 2))).toMatchObject({
      preview: 'signed',
      idle: 600,
      cohorts: [
        { build: ['2', 'd2'], cookie: ['staff'] },
        {
          build: ['3', 'd3'],
          cookie: ['team', 'web'],
          header: ['x-team', 'web'],
          country: ['DE'],
          ip: ['203.0.113.'],
        },
      ],
      split: {
        arms: [
          { build: ['2', 'd2'], weight: 500 },
          { build: ['4', 'd4'], weight: 1000 },
        ],
      },
      gate: {
        paths: ['/shop/*'],
        except: ['/shop/help'],
        open: 0,
        rate: 4000,
        priority: 'hg_priority',
        since: 3,
        bypass: ['x-probe'],
        page: '/waiting/index.html',
        status: 429,
        idle: 1800,
        cap: 43_200,
        until: 1_796_119_200,
      },
    });
  });

  it('leaves out cohorts of quarantined builds, and has stable in their arms', () => {
    const barred = { build: TWO, rollback: 3, reason: '', at: '' };
    const route = parseRoute(renderRoute(rolling({ quarantine: [barred] }), POLICY, 4));
    expect(route?.cohorts?.map(({ build }) => build[0])).toEqual(['3']);
    expect(route?.split?.arms).toEqual([
      { build: ['1', 'd1'], weight: 500 },
      { build: ['4', 'd4'], weight: 1000 },
    ]);
  });

  it('draws with salts that stay over rollouts and differ by purpose and environment', () => {
    const saltsOf = (state: State, name: string) => {
      const environment = { ...ENVIRONMENT, name };
      const route = parseRoute(renderRoute(state, { ...POLICY, environment }, 9));
      return [route?.split?.salt, route?.gate?.salt];
    };
    const salts = saltsOf(rolling(), 'prod');
    expect(saltsOf({ ...rolling(), phase: 'idle' }, 'prod')).toEqual(salts);
    expect(new Set([...salts, ...saltsOf(rolling(), 'staging')]).size).toBe(4);
  });
});

describe('rollBackRoute', () => {
  const now = new Date('2026-03-01T00:00:00Z');

  it('takes the build out of cohorts and split, from the live route alone', () => {
    const live = parseRoute(renderRoute(rolling(), POLICY, 2));
    const route = live && rollBackRoute(live, 'alarm', now);
    expect(route?.cohorts?.map(({ build }) => build[0])).toEqual(['3']);
    expect(route?.split).toEqual({
      salt: live?.split?.salt,
      arms: [
        { build: ['1', 'd1'], weight: 500 },
        { build: ['4', 'd4'], weight: 1000 },
      ],
    });
    expect(route?.gate).toEqual(live?.gate);
  });

  it('makes the same bytes as the next run renders from the policy', () => {
    const live = parseRoute(renderRoute(rolling({ kept: [THREE] }), POLICY, 2));
    const route = live && rollBackRoute(live, 'alarm', now);
    const state: State = {
      phase: 'held',
      stable: ONE,
      kept: [TWO],
      quarantine: [{ build: TWO, rollback: 3, reason: 'alarm', at: now.toISOString() }],
      ...(route?.rollback && { marker: route.rollback }),
    };
    expect(JSON.stringify(route)).toBe(renderRoute(state, POLICY, 3));
  });
});

describe('whole origins', () => {
  const green = originBuild('green', 'https://green.example.com');
  const blue = originBuild('blue', 'blue-app');
  const live = parseRoute(renderRoute(rolling({ stable: green, kept: [blue, THREE] }), POLICY, 2));

  it('are in a route as long as it names them', () => {
    expect(live?.origins).toEqual({ blue: 'blue-app', green: 'https://green.example.com' });
    const next =
      live && rollBackRoute({ ...live, kept: live.kept.slice(0, 1) }, 'alarm', new Date());
    expect(next?.kept.map(([build]) => build)).toEqual(['2']);
    expect(next?.origins).toEqual({ green: 'https://green.example.com' });
  });

  it('are no part of one that names none', () => {
    expect(JSON.parse(renderRoute(rolling(), POLICY, 2))).not.toHaveProperty('origins');
    const last =
      live && rollBackRoute({ ...live, stable: ['1', 'd1'], kept: [] }, 'alarm', new Date());
    expect(last).not.toHaveProperty('origins');
  });

  it('must be targets', () => {
    const text = JSON.stringify({ ...live, origins: { green: { url: 'https://g.example.com' } } });
    expect(parseRoute(text)).toBeUndefined();
  });
});

describe('parseRoute', () => {
  it.each(['{"build":["1","d1"]}', '[null]', '[{"build":"1"}]'])(
    'refuses cohorts and arms that a rollback could not read: %s',
    (entries) => {
      const text = renderRoute(rolling(), POLICY, 2);
      const route = JSON.parse(text) as Record<string, unknown>;
      expect(
        parseRoute(JSON.stringify({ ...route, cohorts: JSON.parse(entries) })),
      ).toBeUndefined();
      const split = { salt: 1, arms: JSON.parse(entries) };
      expect(parseRoute(JSON.stringify({ ...route, split }))).toBeUndefined();
    },
  );
});
