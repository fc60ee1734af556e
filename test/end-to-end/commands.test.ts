import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SLOT_COOKIE } from '../../edge/core/cookies.ts';
import { BUCKET, composePolicy, HOSTS, REGION, type Policy } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';
import { createPerson } from './visitor.ts';

/** Build A serves everyone since generation 1, build B half of them since generation 2. */
let setting: Setting;
let policy: Policy;
/** What the second release printed with `--json`, and what it and its plan put into the job summary. */
let released: { readonly json: unknown; readonly summary: string };

beforeAll(async () => {
  setting = await createSetting([A, B]);
  const release = (build: string) =>
    composePolicy(setting.distributions, {
      prod: { build, steps: [{ weight: '50%', hold: '1h' }], bake: '1h' },
    });
  const first = await setting.run(['reconcile'], { policy: release(A) });
  expect(first.code, first.stderr).toBe(0);
  policy = release(B);
  const file = join(setting.directory, 'summary.md');
  const env = { GITHUB_STEP_SUMMARY: file };
  await setting.run(['plan'], { policy, env });
  const { stdout, stderr } = await setting.run(['reconcile', '--json'], { policy, env });
  // A busy machine takes so long that progress is told.
  expect(stderr.replaceAll(/^.*: \d+ write\(s\)\n/gm, '')).toBe('');
  released = { json: JSON.parse(stdout), summary: await readFile(file, 'utf8') };
});
afterAll(() => setting.close());

/** Parses the whole of stdout: nothing else may be on it. */
async function readJson(args: readonly string[], given?: Policy): Promise<unknown> {
  return JSON.parse((await setting.run([...args, '--json'], { policy: given ?? policy })).stdout);
}

describe.concurrent('history', () => {
  it('tells every generation, newest first: who, when, from, to, why', async () => {
    const { code, stdout } = await setting.run(['history', 'shop', 'prod'], { policy });
    expect(code).toBe(0);
    const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
    const by = 'by tester at 0123456789';
    expect(stdout).toMatch(
      new RegExp(
        `^2  ${time}  rollout-started  ${by}\n    build ${A} -> .*${B} at 50 %.* so far\\)\n    Build ${B} starts .*\n` +
          `1  ${time}  first-release  ${by}\n    .* -> build ${A} \\(\\d+s\\)\n    .*\n$`,
      ),
    );
  });

  it('gives the newest entries as stored', async () => {
    const entries = await readJson(['history', 'shop', 'prod', '--limit', '1']);
    expect(entries).toEqual([
      expect.objectContaining({ generation: 2, event: 'rollout-started', by: 'tester' }),
    ]);
  });

  it('is read while the policy has an issue, and without any', async () => {
    const { app, edge } = policy;
    const broken = { edge, app: { ...app, spa: 'perhaps' } };
    const place = ['--bucket', BUCKET, '--region', REGION];
    for (const { code, stdout, stderr } of [
      await setting.run(['history', 'shop', 'prod'], { policy: broken }),
      await setting.run(['history', 'shop', 'prod', ...place]),
    ]) {
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/^2 .*rollout-started[\s\S]*\n1 .*first-release/);
    }
  });

  it.each([
    [['history', 'shop', 'qa'], 'No usable policy for shop qa; there is shop prod.'],
    [
      ['history', 'shop', 'prod', '--limit', '0'],
      '--limit must be a whole number from 1 on, not 0.',
    ],
  ])('%j is refused', async (args, message) => {
    const { code, stdout, stderr } = await setting.run(args, { policy });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('For example: ');
  });
});

describe.concurrent('why', () => {
  it('tells a slot what the edge serves it, and how that came to be', async () => {
    const { body } = await createPerson(setting, { [SLOT_COOKIE]: '7' }).open('/');
    const [, served] = /app-(\d+)\.js/.exec(body) ?? [];
    const { stdout } = await setting.run(['why', 'shop', 'prod', '--slot', '7'], { policy });
    const rule = served === B ? 'canary' : 'stable';
    expect(stdout).toContain(`gets build ${served}, by ${rule}\n`);
    expect(stdout).toMatch(/because .* draws \d+ of 10000; it has those below 5000/);
    expect(stdout).toContain(`shop/prod  rolling  build ${B} at 50 %, stable ${A}`);
    expect(stdout).toMatch(/How it got here:\n2 {2}.*rollout-started/);
  });

  it('tells it as data, with what the visitor sends', async () => {
    const sends = ['--cookie', `hg_build=${A}`, '--cookie', 'x=y', '--path', '/logo.png'];
    expect(await readJson(['why', 'shop', 'prod', ...sends])).toMatchObject({
      host: HOSTS.prod,
      generation: 2,
      visitor: { build: A, rule: 'page', uri: `/shop/builds/${A}/logo.png` },
      environment: { name: 'shop/prod', phase: 'rolling' },
      story: [{ generation: 2, event: 'rollout-started' }],
    });
  });

  it('refuses a host of others', async () => {
    const args = ['why', 'shop', 'prod', '--host', 'example.com'];
    const { code, stdout, stderr } = await setting.run(args, { policy });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`next: Its hosts are ${HOSTS.prod}, `);
  });
});

describe.concurrent('status', () => {
  it('tells what is written, seen and could be gone back to', async () => {
    const env = { HEADGATE_EDGE_ENDPOINT: setting.cloud.edgeUrl };
    const args = ['status', '--wait', '5s'];
    const { code, stdout, stderr } = await setting.run(args, { policy, env });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('  step 1 of 1 (50 %), then everyone, and bakes\n');
    expect(stdout).toContain('  written: generation 2, 2 host(s) and SSM\n');
    expect(stdout).toContain(`  seen: ${HOSTS.prod}: generation 2 (edge location `);
    expect(stdout).toMatch(/propagation: there at the first look, [\d.]+ s after it was decided/);
    expect(stdout).toContain(`  rollback: build ${A} is ready: headgate rollback shop prod\n`);
  });

  it('says what was not seen in time', async () => {
    const env = { HEADGATE_EDGE_ENDPOINT: 'http://127.0.0.1:1' };
    const args = ['status', '--wait', '1s', '--json'];
    const { code, stdout } = await setting.run(args, { policy, env });
    expect(code).toBe(4);
    const problem = expect.any(String) as unknown;
    expect(JSON.parse(stdout)).toMatchObject({
      environments: [{ seen: [{ host: HOSTS.prod, problem }] }],
    });
  });
});

describe.concurrent('--json is all that is on stdout', () => {
  it('of plan', async () => {
    expect(await readJson(['plan'])).toMatchObject({
      checksum: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
      plans: expect.arrayContaining([
        expect.objectContaining({ subject: { kind: 'group', group: 'prod' }, changes: [] }),
      ]) as unknown,
      issues: [],
      failures: [],
    });
  });

  it('of reconcile', () => {
    const subject = { kind: 'environment', app: 'shop', environment: 'prod' };
    expect(released.json).toMatchObject({
      exitCode: 0,
      outcomes: expect.arrayContaining([
        expect.objectContaining({
          status: 'applied',
          plan: expect.objectContaining({ subject, direction: 'forward' }) as unknown,
        }),
      ]) as unknown,
      issues: [],
      failures: [],
    });
  });

  it('of status', async () => {
    const canary = { build: B, percent: 50 };
    const environment = { name: 'shop/prod', phase: 'rolling', stable: A, canary, generation: 2 };
    expect(await readJson(['status'])).toEqual({
      environments: [
        expect.objectContaining({
          ...environment,
          hosts: expect.arrayContaining([HOSTS.prod]) as unknown,
        }),
      ],
      issues: [],
      failures: [],
    });
  });

  it('of publish', async () => {
    const directory = join(setting.directory, 'json');
    await mkdir(directory);
    await writeFile(join(directory, 'index.html'), '<p>json');
    const place = ['--bucket', BUCKET, '--app', 'other', '--build', '1'];
    expect(await readJson(['publish', directory, ...place])).toMatchObject({
      app: 'other',
      build: '1',
    });
    await rm(directory, { recursive: true });
  });
});

describe.concurrent('the job summary', () => {
  it('gets the plan and the outcome as Markdown', () => {
    const { summary } = released;
    expect(summary).toMatch(/^### Headgate plan\n/);
    expect(summary).toMatch(
      /^\| \*\*shop\/prod\*\* \| \S+ rollout starts[^|]* \| build 1041 \| build 1042 \(50\s%\)/m,
    );
    expect(summary).toMatch(/^### Headgate reconcile\n/m);
    expect(summary).toMatch(/^\| shop\/prod \| rollout-started \(2\) \| .*1042 at 50 %/m);
    expect(summary).not.toContain('### Problems');
  });
});

describe.concurrent('a cause that two environments share', () => {
  const lost = (): Policy => {
    const both = composePolicy(setting.distributions, {
      staging: { build: A },
      prod: { build: A },
    });
    return { ...both, app: { ...both.app, bucket: 'acme-web-nowhere' } };
  };

  it('is told once, in text and in the job summary', async () => {
    const file = join(setting.directory, 'lost.md');
    const env = { GITHUB_STEP_SUMMARY: file };
    const { code, stderr } = await setting.run(['plan'], { policy: lost(), env });
    expect(code).toBe(2);
    for (const text of [stderr, await readFile(file, 'utf8')]) {
      expect(text.match(/There is no bucket/g)).toHaveLength(1);
      expect(text).toMatch(/shop\/staging, shop\/prod, shop {2}FAILED {2}There is no bucket/);
    }
  });

  it('is beside each of them in JSON', async () => {
    const { environments, failures } = (await readJson(['status'], lost())) as {
      environments: unknown;
      failures: readonly { subject: { environment: string }; message: string }[];
    };
    expect(environments).toEqual([]);
    expect(failures.map(({ subject }) => subject.environment)).toEqual(['staging', 'prod']);
    expect(failures[0]?.message).toMatch(/^There is no bucket[\s\S]*next: /);
  });
});
