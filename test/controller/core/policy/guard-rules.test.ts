import { expect, it } from 'vitest';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { readExample, writeApp } from './fixtures.ts';

const FUNCTIONS = readExample('edge.yaml');
const LAMBDA = {
  ...FUNCTIONS,
  text: FUNCTIONS.text
    .replaceAll('runtime: cloudfront-functions', 'runtime: lambda-edge')
    .replaceAll(/^ *keyValueStore:.*$/gm, '    role: arn:aws:iam::123456789012:role/edge'),
};
const app = {
  file: 'policies/cart.yaml',
  text: writeApp({
    release: 'build: "1", steps: [{ weight: 5%, hold: 10m, minVisitors: 500 }]',
    environment: 'guard: { beacon: hold }',
  }),
};

it('completes a beacon, and steps that want visitors', () => {
  const { policies, issues } = readPolicies([FUNCTIONS, app]);
  expect(issues).toEqual([]);
  const [environment] = policies.apps[0]?.environments ?? [];
  expect(environment?.guard.beacon).toEqual({ act: 'hold' });
  expect(environment?.release.steps).toEqual([
    { weightBasisPoints: 500, holdSeconds: 600, minVisitors: 500 },
  ]);
});

it('refuses a beacon where Lambda@Edge runs, whose logs nobody reads', () => {
  const { issues } = readPolicies([LAMBDA, app]);
  expect(issues).toMatchObject([
    {
      file: app.file,
      line: expect.any(Number),
      message: expect.stringContaining('runs on Lambda@Edge'),
    },
  ]);
});
