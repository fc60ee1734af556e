import { expect, it } from 'vitest';
import { findOrigin } from '../../../../controller/core/policy/origins.ts';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { originBuild } from '../../../../controller/core/state/build.ts';
import { writeApp, writeEdge } from './fixtures.ts';

const LAMBDA = writeEdge()
  .replace('runtime: cloudfront-functions', 'runtime: lambda-edge')
  .replace('keyValueStore: headgate-prod', 'role: arn:aws:iam::111122223333:role/edge');

function read(edge: string, change: Readonly<Record<string, string>>) {
  const files = { 'edge.yaml': edge, 'cart.yaml': writeApp(change) };
  return readPolicies(Object.entries(files).map(([file, text]) => ({ file, text })));
}

const top = 'origins: { blue: { id: blue-app }, green: { url: "https://g.example.com:8443/v2" } }';

it('gives names of origins the place of build numbers', () => {
  const { policies, issues } = read(writeEdge(), { top, release: 'build: green' });
  expect(issues).toEqual([]);
  const [app] = policies.apps;
  expect(app?.environments[0]?.release.build).toBe('green');
  const find = (name: string) => app && findOrigin(app, name);
  expect(find('green')).toEqual(originBuild('green', 'https://g.example.com:8443/v2'));
  expect(find('blue')).toEqual(originBuild('blue', 'blue-app'));
  expect(find('constructor')).toBeUndefined();
});

it('has another digest for another name, and for another target', () => {
  const digests = [originBuild('a', 'x'), originBuild('b', 'x'), originBuild('a', 'y')];
  expect(new Set(digests.map(({ digest }) => digest)).size).toBe(3);
});

it.each(['release: blue', 'cohort: blue', 'arm: blue', 'release: green'])(
  'wants URLs where Lambda@Edge runs: %s',
  (named) => {
    const builds = {
      release: '"1"',
      cohort: '"2"',
      arm: '"3"',
      [named.split(': ')[0] ?? '']: named.split(': ')[1] ?? '',
    };
    const { policies, issues } = read(LAMBDA, {
      top,
      release: `build: ${builds.release}`,
      environment: `cohorts: [{ name: staff, build: ${builds.cohort}, cookie: staff }]
    split: [{ build: ${builds.arm}, weight: 1% }]`,
    });
    const isRefused = named.endsWith('blue');
    expect(issues).toEqual(
      isRefused
        ? [
            {
              file: 'cart.yaml',
              line: 5,
              column: 24,
              environment: 'cart/prod',
              message:
                'id: Lambda@Edge (group "prod" of cart/prod) knows no origin "blue-app"; say where it answers',
              example: 'blue: { url: https://blue.example.com }',
            },
          ]
        : [],
    );
    expect(policies.apps[0]?.environments).toHaveLength(isRefused ? 0 : 1);
  },
);

it('counts the targets of all origins that may be kept among the bytes of a route', () => {
  const long = 'a'.repeat(200);
  const many = Array.from(
    { length: 5 },
    (_, n) => `o${n}: { url: https://${n}x.example.com/${long} }`,
  );
  const { issues } = read(writeEdge(), {
    top: `origins: { ${many.join(', ')} }`,
    release: 'build: o0',
  });
  expect(issues).toMatchObject([
    {
      environment: 'cart/prod',
      message: expect.stringMatching(/takes 1\d{3} bytes.*\(origins 9\d\d,/),
    },
  ]);
});
