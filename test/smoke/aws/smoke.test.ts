import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { listAccount, listKinds } from '../../controller/commands/bootstrap/inventory.ts';
import { full, tellSkipped } from '../../depth.ts';
import { createEmptySetting, type Setting } from '../../end-to-end/setting.ts';
import { chooseAccount } from './account.ts';

tellSkipped('the smoke test on the local cloud');

const ACCOUNT = '000000000000';

describe('where it is played', () => {
  it.each([
    ['nobody said where', {}, 'Nobody said in which account.'],
    ['that is no account', { HEADGATE_SMOKE_ACCOUNT: 'mine' }, 'Nobody said in which account.'],
    ['a CI run', { HEADGATE_SMOKE_ACCOUNT: ACCOUNT, CI: 'true' }, 'CI is set'],
    [
      'a speed of nothing',
      { HEADGATE_SMOKE_ACCOUNT: ACCOUNT, HEADGATE_SMOKE_SPEED: '0' },
      'HEADGATE_SMOKE_SPEED',
    ],
  ])('is refused: %s', (_, env, why) => {
    expect(chooseAccount(env)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining(why),
    });
  });

  it('may be an endpoint that costs nothing, also in CI', () => {
    const env = {
      HEADGATE_SMOKE_ACCOUNT: ACCOUNT,
      CI: 'true',
      AWS_ENDPOINT_URL: 'http://localhost',
    };
    expect(chooseAccount({ ...env, GITHUB_TOKEN: 'secret' })).toEqual({
      kind: 'go',
      account: ACCOUNT,
      environment: { AWS_ENDPOINT_URL: 'http://localhost', AWS_REGION: 'us-east-1' },
      speed: 5,
      isReal: false,
      edgeEndpoint: undefined,
    });
  });
});

const opened: Setting[] = [];
afterEach(async () => {
  for (const setting of opened.splice(0)) await setting.close();
});

/** As `npm run smoke:aws` runs it; `onText` may end it. */
async function smoke(
  { cloud }: Setting,
  onText: (text: string, interrupt: () => void) => void = () => {},
) {
  // Not tsx's own command, which ends the process at a second Ctrl-C.
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts')], {
    env: {
      PATH: process.env['PATH'],
      ...cloud.environment,
      HEADGATE_SMOKE_ACCOUNT: ACCOUNT,
      HEADGATE_SMOKE_SPEED: '200',
      HEADGATE_EDGE_ENDPOINT: cloud.edgeUrl,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      onText(text, () => child.kill('SIGINT'));
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

describe.skipIf(!full)('at an endpoint that is like AWS', () => {
  it('plays the whole story and leaves nothing', { timeout: 600_000 }, async () => {
    const setting = await createEmptySetting({ speed: 200 });
    opened.push(setting);
    const before = await listAccount(setting);
    const { code, text } = await smoke(setting);
    expect(code, text).toBe(0);
    expect(text).toContain('Every step was verified.');
    expect(text).toMatch(/deleted bucket headgate-smoke-\w+-0+ with \d+ objects/);
    // What `--destroy` left is data, and it has said of each that it stays; the clean-up knows no other kinds.
    const [told = '', ...left] = text.split(/\ndeleted /);
    const kept = told.slice(told.indexOf('Cleaning up:'));
    for (const line of left) {
      const [, kind, name] = /^(bucket|log group|parameter) (\S+)/.exec(line) ?? [];
      expect(kept, line).toContain(kind === 'parameter' ? '/headgate/' : String(name));
    }
    expect(await listAccount(setting)).toEqual(before);
    expect(await listKinds(setting)).toEqual([]);
  });

  it('leaves nothing when it is interrupted', { timeout: 300_000 }, async () => {
    const setting = await createEmptySetting({ speed: 200 });
    opened.push(setting);
    const before = await listAccount(setting);
    const { code, text } = await smoke(setting, (said, interrupt) => {
      if (said.includes('2. Publish build')) interrupt();
    });
    expect(code, text).toBe(1);
    expect(await listAccount(setting)).toEqual(before);
  });
});
