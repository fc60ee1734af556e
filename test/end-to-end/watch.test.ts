import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { full, tellSkipped } from '../depth.ts';
import { readLive } from './live.ts';
import { ALARM, composePolicy, type Policy, type Release, writePolicy } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** Build A serves everyone. */
let original: Setting;
/** The same, and a policy whose build B is given to half of them, for long. */
let rollingOn: { readonly setting: Setting; readonly policy: Policy };
const children = new Set<ChildProcess>();

beforeAll(async () => {
  original = await createSetting([A, B]);
  const { code, stderr } = await original.run(['reconcile'], { policy: release(original, {}) });
  expect(code, stderr).toBe(0);
  const setting = await original.fork();
  rollingOn = { setting, policy: release(setting, { build: B, steps: [HALF] }) };
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await original.close();
});

function release(setting: Setting, given: Partial<Release>): Policy {
  return composePolicy(setting.distributions, { prod: { build: A, bake: '1h', ...given } });
}

/** A watch as a process of its own, with what it has said so far. */
async function startWatch(setting: Setting, policy: Policy, ...args: readonly string[]) {
  const directory = await mkdtemp(join(setting.directory, 'watch-'));
  await writePolicy(directory, policy);
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    GITHUB_ACTOR: 'watcher',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    ...setting.cloud.environment,
  };
  const command = ['--no-opt', CLI, 'reconcile', '--watch', '--interval', '1s', ...args];
  const child = spawn(process.execPath, command, { cwd: directory, env, stdio: 'pipe' });
  children.add(child);
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => said.push(line));
  }
  const closed = once(child, 'close').then(([code]) => code as number | null);
  return {
    said,
    closed,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    waits: () => expect.poll(() => said.join('\n')).toContain('serves 50 %'),
  };
}

const HALF = { weight: '50%', hold: '1h' };

interface Backtested {
  readonly environments: unknown;
  readonly recorded: { readonly transitions: readonly unknown[] };
}

tellSkipped('reconcile --watch');

describe.skipIf(!full)('reconcile --watch', () => {
  it('takes every step when it is due, and ends when the build is stable', async () => {
    const setting = await original.fork();
    const steps = [{ weight: '50%', hold: '1s' }];
    const watch = await startWatch(setting, release(setting, { build: B, steps, bake: '1s' }));
    expect(await watch.closed).toBe(0);
    const told = watch.said.filter((line) => /^shop\/prod {2}done|^Nothing/.test(line));
    expect(told).toEqual([
      `shop/prod  done  build ${A} -> build ${B} at 50 %, stable ${A}`,
      `shop/prod  done  build ${B} at 50 %, stable ${A} -> build ${B} at 100 %, stable ${A}`,
      `shop/prod  done  build ${B} at 100 %, stable ${A} -> build ${B}`,
      'Nothing that it watches is rolling any more.',
    ]);
    const { record, history } = await readLive(setting);
    expect([record?.phase, record?.stable.build, history]).toEqual(['idle', B, [1, 2, 3, 4]]);
  });

  it('hands over on SIGTERM, with JSON for every event', async () => {
    const { policy } = rollingOn;
    // One look only, however long it takes until the signal is there.
    const first = await startWatch(rollingOn.setting, policy, '--json', '--interval', '10m');
    await first.waits();
    first.kill('SIGTERM');
    expect(await first.closed).toBe(0);
    const events = first.said.map((line) => JSON.parse(line) as { kind: string; text?: string });
    expect(events.map(({ kind }) => kind)).toEqual(['reconciled', 'waiting', 'ended']);
    expect(events.at(-1)?.text).toContain('Handed over (SIGTERM)');
  });

  it('ends with 5 after an alarm; backtest tells the same from what CloudWatch recorded', async () => {
    const { setting, policy } = rollingOn;
    const third = await startWatch(setting, policy);
    await third.waits();
    const fired = { AlarmName: ALARM, StateValue: 'ALARM', StateReason: '9 errors' } as const;
    await setting.clients.cloudWatch.send(new SetAlarmStateCommand(fired));
    expect(await third.closed).toBe(5);
    expect(third.said).toContainEqual(expect.stringMatching(/ROLLED BACK/));
    expect((await readLive(setting)).record?.phase).toBe('held');

    const args = ['backtest', 'shop', 'prod', '--since', '1d', '--json'];
    const { code, stdout, stderr } = await setting.run(args, { policy });
    expect(code, stderr).toBe(0);
    const { environments, recorded } = JSON.parse(stdout) as Backtested;
    expect(environments).toMatchObject([
      { name: 'shop/prod', rollouts: [{ build: B, outcome: 'rolled-back', differs: false }] },
    ]);
    expect(recorded.transitions).toContainEqual(
      expect.objectContaining({ name: ALARM, from: 'OK', to: 'ALARM', reason: '9 errors' }),
    );
  });
});
