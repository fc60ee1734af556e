import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanSet } from '../../controller/core/plan/plan.ts';
import type { Hook, Result } from './command.ts';
import { readLive, visit } from './live.ts';
import { composePolicy, type Policy, type Release } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';

const STEPS = [{ weight: '50%', hold: '1h' }];

/** Build A serves everyone. */
let setting: Setting;
let policy: (release: Partial<Release>) => Policy;

beforeAll(async () => {
  setting = await createSetting([A, B]);
  policy = (release) =>
    composePolicy(setting.distributions, { prod: { build: A, bake: '1h', ...release } });
  const { code, stderr } = await setting.run(['reconcile'], { policy: policy({}) });
  expect(code, stderr).toBe(0);
});
afterAll(() => setting.close());

/** On one screen: what is wrong and what to do next, and nothing was done. */
function expectExplained({ stdout, stderr, writes }: Result): void {
  const said = `${stdout}${stderr}`;
  expect(said.split('\n').length).toBeLessThanOrEqual(25);
  expect(said).toMatch(/next: |e\.g\. /);
  expect(said).not.toMatch(/^\s+at .*\(|node:internal|\[object|undefined/m);
  // The fast lane gets every policy without issues, whatever stands in the way of carrying it out.
  expect(writes.filter((name) => name !== POLICIES)).toEqual([]);
}

const POLICIES = 'PutObject shop/policies.json';

interface Mistake {
  readonly what: string;
  readonly args?: readonly string[];
  readonly policy?: () => Policy;
  readonly env?: () => Promise<Record<string, string | undefined>>;
  readonly code: number;
  readonly says: RegExp;
}

const edit = (change: (given: Policy) => Partial<Policy>) => (): Policy => {
  const given = policy({ build: B });
  return { ...given, ...change(given) };
};

const mistakes: readonly Mistake[] = [
  {
    what: 'a wrong policy',
    policy: () => policy({ build: B, steps: [{ weight: '150%', hold: '1h' }] }),
    code: 2,
    says: /policies\/shop\.yaml:\d+:\d+: .*150%/,
  },
  {
    what: 'a build that is not published',
    policy: () => policy({ build: '9999' }),
    code: 2,
    says: /policies\/shop\.yaml:\d+: build "9999" is not published/,
  },
  {
    what: 'a bucket that is not there',
    policy: edit(({ app }) => ({ app: { ...app, bucket: 'acme-web-nowhere' } })),
    code: 2,
    says: /no bucket acme-web-nowhere/,
  },
  {
    what: 'a KeyValueStore that is not there',
    policy: edit(({ edge }) => {
      const text = JSON.stringify(edge).replace('headgate-prod', 'headgate-nowhere');
      return { edge: JSON.parse(text) as Policy['edge'] };
    }),
    code: 2,
    says: /KeyValueStore headgate-nowhere/,
  },
  {
    what: 'a distribution that is not there',
    policy: () =>
      composePolicy({ ...setting.distributions, prod: 'E0NOWHERE' }, { prod: { build: B } }),
    code: 2,
    says: /no distribution E0NOWHERE/,
  },
  {
    what: 'no credentials',
    env: async () => ({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }),
    code: 2,
    says: /There are no AWS credentials/,
  },
  {
    what: 'a wrong secret',
    env: async () => ({ AWS_SECRET_ACCESS_KEY: 'wrong' }),
    code: 2,
    says: /does not accept the credentials in use/,
  },
  {
    what: 'an endpoint that is down',
    env: async () => ({ AWS_ENDPOINT_URL: `http://127.0.0.1:${await findClosedPort()}` }),
    code: 2,
    says: /127\.0\.0\.1:\d+ does not answer/,
  },
  { what: 'an unknown command', args: ['deploy'], code: 2, says: /no command "deploy"/ },
  { what: 'an unknown option', args: ['reconcile', '--now'], code: 2, says: /--now/ },
];

describe('a mistake is explained on one screen, and nothing is half-done', () => {
  it.concurrent.each(mistakes)('$what', { timeout: 300_000 }, async (mistake) => {
    const { args = ['reconcile'], env, code, says } = mistake;
    const given = mistake.policy?.() ?? policy({ build: B });
    const result = await setting.run(args, { policy: given, env: (await env?.()) ?? {} });
    expect(`${result.stdout}${result.stderr}`).toMatch(says);
    expect(result.code).toBe(code);
    expectExplained(result);
  });
});

async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.concurrent('what stands in the way', { timeout: 300_000 }, () => {
  it('a second reconcile at the same moment: one releases, the other is told to run again', async () => {
    const mine = await setting.fork();
    const given = policy({ build: B, steps: STEPS });
    // Both have planned before either writes.
    const meet = createBarrier(2);
    const hook: Hook = async (moment, { nth }) => {
      if (moment === 'before' && nth === 1) await meet();
    };
    const run = () => mine.run(['reconcile'], { policy: given, hook });
    const results = await Promise.all([run(), run()]);
    expect(new Set(results.map(({ code }) => code))).toEqual(new Set([0, 4]));
    const late = results.find(({ code }) => code === 4);
    expect(late?.stdout).toMatch(/changed by another run[\s\S]*next: Run the command again/);
    const live = await readLive(mine);
    expect(live).toMatchObject({ record: { generation: 2, phase: 'rolling' }, history: [1, 2] });
    expect(live.record).not.toHaveProperty('intent');
  });

  it('one environment is refused, the other goes on, the gravest exit code wins', async () => {
    const mine = await setting.fork();
    const given = composePolicy(mine.distributions, {
      staging: { build: '9999' },
      prod: { build: B },
    });
    const result = await mine.run(['reconcile'], { policy: given });
    expect(result.code).toBe(2);
    expect(result.stdout).toMatch(/shop\/staging {2}REFUSED[\s\S]*"9999" is not published/);
    expect(result.stdout).toContain('shop/prod  done');
    expect(result.writes.filter((name) => name.includes('staging'))).toEqual([]);
    expect(await visit(mine)).toEqual(Array.from({ length: 8 }, () => B));
  });

  it('a rolled-back build that is named again after its revert', async () => {
    const mine = await setting.fork();
    const named = policy({ build: B, steps: STEPS });
    const codes: (number | null)[] = [];
    for (const [args, given] of [
      [['reconcile'], named],
      [['rollback', 'shop', 'prod', '--reason', 'wrong prices'], named],
      [['reconcile'], policy({})],
    ] as const) {
      codes.push((await mine.run(args, { policy: given })).code);
    }
    expect(codes).toEqual([0, 5, 0]);
    const again = await mine.run(['reconcile'], { policy: named });
    expect(again.code).toBe(3);
    expect(again.stdout).toMatch(
      /policies\/shop\.yaml:\d+: build "1042" is quarantined.*wrong prices/,
    );
    expect(again.stdout).toContain('lift: "1042", rollback: 3');
    expectExplained(again);
    expect(await visit(mine)).not.toContain(B);
  });
});

describe.concurrent('a reviewed plan', { timeout: 300_000 }, () => {
  it('is carried out exactly once, as it was seen', async () => {
    const mine = await setting.fork();
    const given = policy({ build: B, steps: STEPS });
    const file = join(mine.directory, 'plan.json');
    const planned = await mine.run(['plan', '--out', file], { policy: given });
    expect(planned).toMatchObject({ code: 0, writes: [] });
    const { plans } = JSON.parse(await readFile(file, 'utf8')) as PlanSet;
    const kinds = plans.flatMap(({ changes }) => changes.map(({ kind }) => kind));

    const applied = await mine.run(['reconcile', '--plan', file], { policy: given });
    expect(applied.code).toBe(0);
    expect(applied.writes.map(kindOf)).toEqual(kinds);

    const stale = await mine.run(['reconcile', '--plan', file], { policy: given });
    expect(stale.code).toBe(4);
    expect(stale.stderr).toMatch(/no longer holds[\s\S]*next: Make and review a new plan/);
    expectExplained(stale);
  });
});

/** The kind of change that a write of an environment belongs to. */
function kindOf(write: string, index: number, all: readonly string[]): string {
  const isFirst = all.indexOf(write) === index;
  if (write.startsWith('UpdateKeys')) return 'write-route';
  if (write.startsWith('PutParameter')) return 'write-parameter';
  if (write.includes('/history/')) return 'append-history';
  if (write === POLICIES) return 'write-policy-copy';
  return isFirst ? 'write-intent' : 'write-record';
}

function createBarrier(parties: number): () => Promise<void> {
  let arrived = 0;
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return async () => {
    arrived += 1;
    if (arrived === parties) open();
    await opened;
  };
}
