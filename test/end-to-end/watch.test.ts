import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLive } from './live.ts';
import { ALARM, composePolicy, type Policy, type Release, writePolicy } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** Build A serves everyone. */
let original: Setting;

beforeAll(async () => {
  original = await createSetting([A, B]);
  const { code, stderr } = await original.run(['reconcile'], { policy: release(original, {}) });
  expect(code, stderr).toBe(0);
});
afterAll(() => original.close());

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
  const command = [CLI, 'reconcile', '--watch', '--interval', '1s', ...args];
  const child = spawn(process.execPath, command, { cwd: directory, env, stdio: 'pipe' });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => said.push(line));
  }
  const closed = once(child, 'close').then(([code]) => code as number | null);
  return {
    directory,
    said,
    closed,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    until: (text: string) =>
      expect.poll(() => said.join('\n'), { timeout: 15_000, interval: 50 }).toContain(text),
  };
}

describe('x', () => {
  it('a', async () => {
    const setting = await original.fork();
    const w = await startWatch(
      setting,
      release(setting, { build: B, steps: [{ weight: '50%', hold: '3s' }], bake: '3s' }),
    );
    console.log(await w.closed, w.said.join('\n'));
  });
  it('b', async () => {
    const setting = await original.fork();
    const w = await startWatch(
      setting,
      release(setting, { build: B, steps: [{ weight: '50%', hold: '1h' }], bake: '3s' }),
    );
    await w.until('watched');
    const t = Date.now();
    const fired = { AlarmName: ALARM, StateValue: 'ALARM', StateReason: '9 errors' } as const;
    await setting.clients.cloudWatch.send(new SetAlarmStateCommand(fired));
    console.log(await w.closed, Date.now() - t, w.said.join('\n'));
    const b = await setting.run(['backtest'], {
      policy: release(setting, { build: B, steps: [{ weight: '50%', hold: '1h' }] }),
    });
    console.log(b.stdout, b.stderr);
    const c = await setting.run(['history', 'shop', 'prod'], {
      policy: release(setting, { build: B, steps: [{ weight: '50%', hold: '1h' }] }),
    });
    console.log(c.stdout, c.stderr);
  });
  it('c', async () => {
    const setting = await original.fork();
    const w = await startWatch(
      setting,
      release(setting, { build: B, steps: [{ weight: '50%', hold: '1h' }], bake: '3s' }),
      '--json',
    );
    await w.until('waiting');
    w.kill('SIGTERM');
    console.log(await w.closed, w.said.join('\n'));
  });
});
