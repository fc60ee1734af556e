import { expect, it } from 'vitest';
import { featuresOf } from '../../../../controller/core/plan/features.ts';
import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { readExample, writeApp } from '../policy/fixtures.ts';

function environmentWith(change: Readonly<Record<string, string>>): EnvironmentPolicy {
  const text = writeApp(change);
  const { policies, issues } = readPolicies([readExample('edge.yaml'), { file: 'a.yaml', text }]);
  expect(issues).toEqual([]);
  const [environment] = policies.apps[0]?.environments ?? [];
  if (environment === undefined) throw new Error('the policy has an environment');
  return environment;
}

it.each([
  [{}, []],
  [{ environment: 'split: [{ build: "7", weight: 5% }]' }, ['split']],
  [{ environment: 'cohorts: [{ name: staff, build: "7", cookie: staff }]' }, ['cohorts']],
  [{ environment: 'preview: { access: signed }' }, ['signed']],
  [{ environment: 'pinnedUrls: true' }, ['pinned']],
  [{ environment: 'gate: { protect: [/shop/*], page: /wait.html }' }, ['gate']],
  [{ release: 'build: "1043", sticky: session' }, ['session']],
])('%o uses %o', (change, features) => {
  expect(featuresOf([environmentWith(change)])).toEqual(features);
});

it('is what any environment of the group uses, in one order', () => {
  const gated = environmentWith({ environment: 'gate: { protect: [/shop/*], page: /wait.html }' });
  const signed = environmentWith({ environment: 'preview: { access: signed }' });
  expect(featuresOf([gated, environmentWith({}), signed])).toEqual(['signed', 'gate']);
  expect(featuresOf([])).toEqual([]);
});
