import { expect, it } from 'vitest';
import { explainPool, movesPool } from '../../../../controller/core/plan/explain-pool.ts';
import type { EnvironmentFacts } from '../../../../controller/core/plan/facts.ts';
import type { State } from '../../../../controller/core/state/record.ts';
import { renderRoute } from '../../../../controller/core/state/route.ts';
import { appPolicy, environmentPolicy } from '../../../fakes/world.ts';

const environment = environmentPolicy('3');
const app = appPolicy(environment);
const none = { ...app, pool: { include: [], exclude: [] } };
const [first, second, third] = ['1', '2', '3'].map((build) => ({ build, digest: `d${build}` }));
const state: State = { phase: 'idle', stable: third!, kept: [second!, first!], quarantine: [] };
const route = renderRoute(state, { app, environment, builds: new Map() }, 1);

function explain(policy: typeof app): readonly string[] {
  const builds = [
    { build: first!, misplaced: ['assets/a.js', 'assets/b.js'], hasEntryPage: true },
    { build: second!, misplaced: [], hasEntryPage: true },
  ].map((one) => [one.build.build, one] as const);
  const adoption = { record: { route } } as unknown as EnvironmentFacts['adoption'];
  return explainPool({ app: policy, adoption, builds: new Map(builds) }, state);
}

it('warns of kept builds whose files are no longer looked for where they lie', () => {
  expect(explain(none)).toEqual([
    'pool patterns: /assets/* -> none',
    'warning: open pages of build 1 get 404 for 2 of its files (assets/a.js): they lie where the route no longer looks',
  ]);
});

it('says nothing where the patterns stay, or nothing is live', () => {
  expect(explain(app)).toEqual([]);
  expect(movesPool(none, undefined)).toBe(false);
  expect(movesPool({ pool: { include: ['/assets/*'], exclude: ['/assets/x'] } }, { route })).toBe(
    true,
  );
});
