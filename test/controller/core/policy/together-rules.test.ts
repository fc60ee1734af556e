import { describe, expect, it } from 'vitest';
import { readPolicies } from '../../../../controller/core/policy/read-policies.ts';
import { subjectsOf } from '../../../../controller/core/policy/subjects.ts';
import { writeApp, writeEdge } from './fixtures.ts';

const STEPS = 'build: "1", steps: [{ weight: 5%, hold: 1m }], bake: 10m';
const LAMBDA = `  lambda:
    runtime: lambda-edge
    role: arn:aws:iam::111122223333:role/headgate-edge
    bucket: acme-web-builds
    region: us-east-1
`;

function app(name: string, change: Readonly<Record<string, string>> = {}) {
  const text = writeApp({
    app: name,
    host: `${name}.example.com`,
    distribution: `E1${name.toUpperCase()}PROD`,
    release: STEPS,
    ...change,
  });
  return { file: `${name}.yaml`, text };
}

function read(together: string, apps = [app('shop'), app('checkout')], edge = writeEdge()) {
  const text = `${edge}${together}\n`;
  return readPolicies([{ file: 'edge.yaml', text }, ...apps]);
}

/** Messages with their lines, and the environments that are left. */
function tell({ issues, policies }: ReturnType<typeof readPolicies>): readonly string[] {
  const left = policies.apps.flatMap(({ app: name, environments }) =>
    environments.map((environment) => `${name}/${environment.name}`),
  );
  return [...issues.map(({ file, line, message }) => `${file}:${line} ${message}`), left.join(' ')];
}

const BOTH = 'together: [[shop/prod, checkout/prod]]';

describe('together', () => {
  it('names environments, and each of them knows all', () => {
    const { policies, issues } = read(BOTH);
    expect(issues).toEqual([]);
    expect(policies.together).toEqual([['shop/prod', 'checkout/prod']]);
    expect(subjectsOf(policies).map(({ together }) => together)).toEqual([
      ['shop/prod', 'checkout/prod'],
      ['shop/prod', 'checkout/prod'],
    ]);
  });

  it('takes steps for the same that are written differently', () => {
    const release = 'build: "7", steps: [{ weight: 5.0%, hold: 60s }], bake: 600s';
    expect(tell(read(BOTH, [app('shop'), app('checkout', { release })]))).toEqual([
      'shop/prod checkout/prod',
    ]);
  });

  it.each([
    [
      'together: [[shop/prod, chekout/prod]]',
      'no app has the environment "chekout/prod"; did you mean "checkout/prod"?',
    ],
    [
      'together: [[shop/prod, shop/stage]]',
      'no app has the environment "shop/stage"; known: shop/prod, checkout/prod',
    ],
    [
      'together: [[shop/prod, checkout/prod], [shop/prod, checkout/prod]]',
      '"shop/prod" stands here more than once; what moves together is in one list',
    ],
    ['together: [[shop/prod]]', 'together[0]: a list of 1 is not a list of 2 to 10 environments'],
    [
      'together: [[shop/prod, shop]]',
      'together[0][1]: "shop" is not the name of an environment with its app before it',
    ],
  ])('refuses %s, with its line', (together, message) => {
    const told = tell(read(together));
    expect(told[0]).toBe(`edge.yaml:8 ${message}`);
    // Whoever is named with it may not move alone.
    expect(told.at(-1)).not.toContain('shop/prod');
  });

  it('wants the same steps and the same bake', () => {
    for (const release of [STEPS.replace('5%', '6%'), STEPS.replace('bake: 10m', 'bake: 11m')]) {
      expect(tell(read(BOTH, [app('shop'), app('checkout', { release })]))).toEqual([
        'edge.yaml:8 checkout/prod has other steps or another bake than shop/prod (shop.yaml:10); what moves together has the same',
        '',
      ]);
    }
  });

  it('refuses two of one app of which one requires the other, be it by a third', () => {
    const release = (requires: string) =>
      `{ ${STEPS}, requires: [{ environment: ${requires}, baked: 1h }] }`;
    const stage = (name: string, required?: string) => `  ${name}:
    hosts: [${name}.example.com]
    edge: { group: prod, distribution: E1SHOP${name.toUpperCase()} }
    release: ${required === undefined ? `{ ${STEPS} }` : release(required)}
`;
    const shop = (required: string) => {
      const { file, text } = app('shop', { release: release(required).slice(2, -2) });
      return { file, text: `${text}${stage('stage')}${stage('test', 'stage')}` };
    };
    const both = 'together: [[shop/prod, shop/stage]]';
    for (const required of ['stage', 'test']) {
      expect(tell(read(both, [shop(required)]))).toEqual([
        'edge.yaml:8 shop/prod requires that shop/stage was released before it, and moves together with it: neither would ever start',
        'shop/test',
      ]);
    }
  });

  it('wants one store, and no Lambda@Edge', () => {
    const edge = writeEdge() + LAMBDA;
    const apart = [app('shop'), app('checkout', { group: 'lambda' })];
    expect(tell(read(BOTH, apart, edge))).toEqual([
      "edge.yaml:13 checkout/prod is in edge group lambda, shop/prod in prod; one write is of one group's KeyValueStore",
      '',
    ]);
    const both = [app('shop', { group: 'lambda' }), app('checkout', { group: 'lambda' })];
    expect(tell(read(BOTH, both, edge))).toEqual([
      'edge.yaml:13 edge group lambda runs lambda-edge, which has no KeyValueStore: nothing there can move in one write',
      '',
    ]);
  });

  it('wants all their hosts in one write', () => {
    const hosts = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${name}${index}.example.com`).join(', ');
    const names = ['shop', 'checkout', 'admin'];
    const list = 'together: [[shop/prod, checkout/prod, admin/prod]]';
    const withHosts = (count: number) =>
      names.map((name) => app(name, { host: hosts(name, count) }));
    // 3 times 15 hosts and a distribution are 48 keys.
    expect(tell(read(list, withHosts(15)))).toHaveLength(1);
    expect(tell(read(list, withHosts(16)))).toEqual([
      'edge.yaml:8 these have 51 keys (a host each, and one for each distribution), and one write takes 50',
      '',
    ]);
  });

  it('holds what is named together back while one has an issue of its own, without a word about that', () => {
    const broken = app('checkout', { release: 'build: 1043' });
    const { issues, policies } = read(BOTH, [app('shop'), broken]);
    expect(issues.map(({ file }) => file)).toEqual(['checkout.yaml']);
    expect(subjectsOf(policies).map(({ together }) => together)).toEqual([
      ['shop/prod', 'checkout/prod'],
    ]);
  });

  it('in the files of one app alone, others may be missing', () => {
    const files = [{ file: 'edge.yaml', text: `${writeEdge()}${BOTH}\n` }, app('shop')];
    expect(readPolicies(files).issues).toHaveLength(1);
    const { issues, policies } = readPolicies(files, { isPart: true });
    expect(issues).toEqual([]);
    expect(policies.together).toEqual([['shop/prod', 'checkout/prod']]);
  });
});
