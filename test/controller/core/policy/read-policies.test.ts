import { parse, stringify } from 'yaml';
import { expect, test } from 'vitest';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { renderIssues } from '../../../../controller/core/report/issues.ts';
import { GUARD } from '../../../fakes/guard.ts';
import {
  FIXTURE_NAMES,
  GOLDEN_ISSUES,
  readExample,
  readWithFixture,
  writeApp,
} from './fixtures.ts';

test('the example policies are fine', () => {
  const { policies, issues } = readPolicies([readExample('edge.yaml'), readExample('shop.yaml')]);
  expect(issues).toEqual([]);
  expect(policies.groups.map((group) => group.name)).toEqual(['staging', 'prod']);
  expect(policies.apps[0]?.environments.map((environment) => environment.name)).toEqual([
    'staging',
    'prod',
  ]);
});

test('every wrong policy is told with place, reason and example', async () => {
  const told = FIXTURE_NAMES.map(
    (name) => `== ${name}\n${renderIssues(readPolicies(readWithFixture(name)).issues)}\n`,
  );
  await expect(told.join('\n')).toMatchFileSnapshot(GOLDEN_ISSUES);
});

test.each(FIXTURE_NAMES)('%s is refused, and only what it breaks is left out', (name) => {
  const { policies, issues } = readPolicies(readWithFixture(name));
  expect(issues).not.toEqual([]);
  const environments = policies.apps.flatMap((app) =>
    app.environments.map((environment) => `${app.app}/${environment.name}`),
  );
  const refused = new Set(issues.map((issue) => issue.environment));
  expect(environments.filter((id) => refused.has(id))).toEqual([]);
  // The other app has nothing to do with it, unless the groups of both are broken.
  const others = environments.filter((id) => id.startsWith('shop/'));
  expect(others).toEqual(name.startsWith('edge-') ? [] : ['shop/staging', 'shop/prod']);
});

test('defaults are filled in and values get units', () => {
  const [app] = readPolicies([
    readExample('edge.yaml'),
    { file: 'cart.yaml', text: writeApp({ environment: 'guard: { alarms: [{ name: a }] }' }) },
  ]).policies.apps;
  expect(app).toEqual({
    app: 'cart',
    file: 'cart.yaml',
    bucket: 'acme-web-builds',
    region: 'us-east-1',
    spa: true,
    pool: { include: ['/assets/*'], exclude: [] },
    environments: [
      {
        name: 'prod',
        hosts: ['cart.example.com'],
        edge: { group: 'prod', distribution: 'E3CARTPRODUCT' },
        release: { build: '1043', line: 10, steps: [], bakeSeconds: 600, keep: 3 },
        cohorts: [],
        split: [],
        preview: { access: 'open', ttlSeconds: 604_800 },
        quarantine: [],
        guard: { alarms: [{ name: 'a', region: 'us-east-1' }], ...GUARD },
      },
    ],
  });
});

test.each([
  ['30s', '1%', 30, 100],
  ['2.5s', '0.5%', 2.5, 50],
  ['10m', '1.15%', 600, 115],
  ['1h', '0.01%', 3600, 1],
  ['7d', '99.99%', 604_800, 9999],
])('hold %s and weight %s are %d s and %d basis points', (hold, weight, holdSeconds, points) => {
  const release = `build: "1043", steps: [{ weight: ${weight}, hold: ${hold} }]`;
  const { policies } = readPolicies([
    readExample('edge.yaml'),
    { file: 'cart.yaml', text: writeApp({ release }) },
  ]);
  expect(policies.apps[0]?.environments[0]?.release.steps).toEqual([
    { weightBasisPoints: points, holdSeconds },
  ]);
});

test('what decides about single visitors gets units, lines and its defaults', () => {
  const environment = `cohorts:
      - { name: staff, build: "1044", cookie: staff, header: { name: X-Team, value: web } }
    split: [{ build: "1045", weight: 2.5% }]
    preview: { access: signed, ttl: 1d }
    gate:
      protect: [/shop/*]
      page: /waiting/index.html
      priority: { cookie: shop_priority }
      bypass: [{ path: /shop/health }, { header: X-Probe }]
      failOpenUntil: 2026-12-01T10:00Z`;
  const { policies, issues } = readPolicies([
    readExample('edge.yaml'),
    {
      file: 'cart.yaml',
      text: writeApp({ release: 'build: "1043", sticky: session', environment }),
    },
  ]);
  expect(issues).toEqual([]);
  expect(policies.apps[0]?.environments[0]).toMatchObject({
    release: { sessionIdleSeconds: 600 },
    cohorts: [
      {
        name: 'staff',
        build: '1044',
        line: 12,
        cookie: { name: 'staff' },
        header: { name: 'x-team', value: 'web' },
      },
    ],
    split: [{ build: '1045', line: 13, weightBasisPoints: 250 }],
    preview: { access: 'signed', ttlSeconds: 86_400 },
    gate: {
      protect: ['/shop/*'],
      exclude: ['/shop/health'],
      accepting: true,
      rateBasisPoints: 10_000,
      priority: { cookie: 'shop_priority', since: 1 },
      bypassHeaders: ['x-probe'],
      page: '/waiting/index.html',
      pageLine: 17,
      status: 429,
      idleSeconds: 1800,
      capSeconds: 43_200,
      failOpenUntil: '2026-12-01T10:00Z',
    },
  });
});

test('what tokens and cookies carry is whole seconds', () => {
  const { policies } = readPolicies([
    readExample('edge.yaml'),
    {
      file: 'cart.yaml',
      text: writeApp({
        release: 'build: "1043", sticky: session, sessionIdle: 0.5s',
        environment: `preview: { access: signed, ttl: 1.5h }
    gate: { protect: [/shop/*], page: /wait.html, idle: 12.5s, cap: 0.21m }`,
      }),
    },
  ]);
  const [environment] = policies.apps[0]?.environments ?? [];
  expect(environment?.release.sessionIdleSeconds).toBe(1);
  expect(environment?.preview.ttlSeconds).toBe(5400);
  expect(environment?.gate).toMatchObject({ idleSeconds: 13, capSeconds: 13 });
});

test('one refused environment leaves the others of its app', () => {
  const shop = readExample('shop.yaml');
  const text = shop.text.replace('shop.example.com]', 'shop.example.com:443]');
  const { policies, issues } = readPolicies([readExample('edge.yaml'), { ...shop, text }]);
  expect(issues.map((issue) => issue.environment)).toEqual(['shop/staging']);
  expect(policies.apps[0]?.environments.map(({ name }) => name)).toEqual(['prod']);
});

test('an issue of a group refuses the environments that use it, and no others', () => {
  const edge = readExample('edge.yaml');
  const text = edge.text.replace('headgate-staging', 'headgate staging');
  const { policies, issues } = readPolicies([{ ...edge, text }, readExample('shop.yaml')]);
  expect(policies.groups.map((group) => group.name)).toEqual(['prod']);
  expect(policies.apps[0]?.environments.map(({ name }) => name)).toEqual(['prod']);
  expect(issues.map(({ group, environment }) => group ?? environment)).toEqual([
    'staging',
    'shop/staging',
  ]);
});

test('an app in two files is refused in both', () => {
  const other = { app: 'cart', host: 'b.example.com', distribution: 'E3ANOTHERONE' };
  const { policies, issues } = readPolicies([
    readExample('edge.yaml'),
    { file: 'a.yaml', text: writeApp() },
    { file: 'b.yaml', text: writeApp(other) },
  ]);
  expect(issues.map(({ file, line }) => `${file}:${line}`)).toEqual(['a.yaml:2', 'b.yaml:2']);
  expect(policies.apps).toEqual([]);
});

test.each(['host', 'distribution'])('a %s claimed by two apps is refused in both', (field) => {
  const other = { app: 'other', host: 'b.example.com', distribution: 'E3ANOTHERONE' };
  const taken = field === 'host' ? { host: 'cart.example.com' } : { distribution: 'E3CARTPRODUCT' };
  const { policies, issues } = readPolicies([
    readExample('edge.yaml'),
    { file: 'a.yaml', text: writeApp() },
    { file: 'b.yaml', text: writeApp({ ...other, ...taken }) },
  ]);
  expect(issues.map((issue) => issue.environment)).toEqual(['cart/prod', 'other/prod']);
  expect(issues[0]?.message).toContain('b.yaml:');
  expect(policies.apps.map((app) => app.environments)).toEqual([[], []]);
});

test('groups keep the order of the file', () => {
  const edge = parse(readExample('edge.yaml').text) as { groups: Record<string, object> };
  const groups = Object.fromEntries(Object.entries(edge.groups).toReversed());
  const text = stringify({ ...edge, groups });
  const { policies } = readPolicies([{ file: 'edge.yaml', text }]);
  expect(policies.groups.map((group) => group.name)).toEqual(['prod', 'staging']);
});

test('without edge.yaml there is an issue, not a crash', () => {
  const { issues } = readPolicies([readExample('shop.yaml')]);
  expect(issues.map(({ file }) => file)).toEqual([
    'edge.yaml',
    ...Array(2).fill('policies/shop.yaml'),
  ]);
});
