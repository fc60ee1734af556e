import { expect, it } from 'vitest';
import { featuresOf, reliedOn } from '../../../../controller/core/plan/features.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { subjectsOf } from '../../../../controller/core/policy/subjects.ts';
import { originBuild } from '../../../../controller/core/state/build.ts';
import { renderRoute } from '../../../../controller/core/state/route.ts';
import { readExample, writeApp } from '../policy/fixtures.ts';

function userWith(change: Readonly<Record<string, string>>) {
  const text = writeApp(change);
  const { policies, issues } = readPolicies([readExample('edge.yaml'), { file: 'a.yaml', text }]);
  expect(issues).toEqual([]);
  const [subject] = subjectsOf(policies);
  if (subject === undefined) throw new Error('the policy has an environment');
  return subject;
}

it.each([
  [{}, []],
  [{ environment: 'split: [{ build: "7", weight: 5% }]' }, ['split']],
  [{ environment: 'cohorts: [{ name: staff, build: "7", cookie: staff }]' }, ['cohorts']],
  [{ environment: 'preview: { access: signed }' }, ['signed']],
  [{ environment: 'pinnedUrls: true' }, ['pinned']],
  [{ environment: 'gate: { protect: [/shop/*], page: /wait.html }' }, ['gate']],
  [{ release: 'build: "1043", sticky: session' }, ['session']],
  [{ top: 'origins: { blue: { id: blue-app } }' }, ['origins']],
  [{ environment: 'guard: { beacon: hold }' }, ['beacon']],
])('%o uses %o', (change, features) => {
  expect(featuresOf([userWith(change)])).toEqual(features);
});

it('has origins as long as a live route does, whatever the policy says', () => {
  const stable = originBuild('blue', 'https://blue.example.com');
  const state = { phase: 'idle', stable, kept: [], quarantine: [] } as const;
  const route = renderRoute(state, { ...userWith({}), builds: new Map() }, 2);
  expect(featuresOf([userWith({})], [undefined, { route }])).toEqual(['origins']);
});

it('is what any environment of the group uses, in one order', () => {
  const gated = userWith({ environment: 'gate: { protect: [/shop/*], page: /wait.html }' });
  const signed = userWith({ environment: 'preview: { access: signed }' });
  expect(featuresOf([gated, userWith({}), signed])).toEqual(['signed', 'gate']);
  expect(featuresOf([])).toEqual([]);
});

it('a rollback of code must keep what live routes are unsafe or unserved without', () => {
  const state = {
    phase: 'idle',
    stable: { build: '1', digest: '0'.repeat(16) },
    kept: [],
    quarantine: [],
  } as const;
  const routeOf = (change: Readonly<Record<string, string>>) =>
    renderRoute(state, { ...userWith(change), builds: new Map() }, 2);
  const gated = routeOf({ environment: 'gate: { protect: [/shop/*], page: /wait.html }' });
  const signed = routeOf({ environment: 'preview: { access: signed }' });
  expect(reliedOn([undefined, 'garbage', routeOf({})], [])).toEqual([]);
  expect(reliedOn([gated, signed], [])).toEqual(['signed', 'gate']);
  expect(reliedOn([routeOf({ top: 'root: old/' })], [])).toEqual(['adopted']);
  // Without it nothing is logged, and the guard says so.
  const watched = routeOf({ environment: 'guard: { beacon: hold }' });
  expect([JSON.parse(watched).beacon, reliedOn([watched], [])]).toEqual([1, []]);
  // Of routes that could not be read, the code that runs tells the most they may rely on.
  expect(reliedOn([signed], ['session', 'gate'])).toEqual(['signed', 'gate']);
});
