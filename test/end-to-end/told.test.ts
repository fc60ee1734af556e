/** What the commands that only tell something say: why, status, history. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SLOT_COOKIE } from '../../edge/core/cookies.ts';
import { composePolicy, HOSTS, type Policy } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';
import { createPerson } from './visitor.ts';

let setting: Setting;
let policy: Policy;

beforeAll(async () => {
  setting = await createSetting([A, B]);
  const release = (build: string) => {
    const made = composePolicy(setting.distributions, {
      prod: { build, steps: [{ weight: '50%', hold: '1h' }], bake: '1h' },
    });
    const cohorts = [{ name: 'staff', cookie: 'staff', build: A }];
    const { environments } = made.app as { environments: { prod: object } };
    const prod = { ...environments.prod, cohorts };
    return { ...made, app: { ...made.app, environments: { prod } } };
  };
  const first = await setting.run(['reconcile'], { policy: release(A) });
  expect(first.code, first.stderr).toBe(0);
  policy = release(B);
  const second = await setting.run(['reconcile'], { policy });
  expect(second.code, second.stderr).toBe(0);
});
afterAll(() => setting.close());

async function tell(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return setting.run(args, { policy, env });
}

describe('x', () => {
  it('shows', async () => {
    for (const args of [
      ['why', 'shop', 'prod'],
      ['why', 'shop', 'prod', '--slot', '7', '--cookie', 'a=b'],
      ['why', 'shop', 'prod', '--slot', '8'],
      ['why', 'shop', 'prod', '--cookie', 'staff=1', '--json'],
      ['why', 'shop', 'prod', '--path', '/assets/x.js'],
      ['why', 'shop', 'prod', '--path', '/x.js?override_build_number=1041'],
      ['why', 'shop', 'prod', '--path', '/logo.png', '--cookie', 'hg_build=1041'],
      ['why', 'shop', 'prod', '--slot', 'x'],
      ['status'],
      ['status', '--probe'],
      ['status', '--wait', '5s'],
      ['history', 'shop', 'prod'],
    ]) {
      const r = await tell(args, { HEADGATE_EDGE_ENDPOINT: setting.cloud.edgeUrl });
      console.log(args.join(' '), r.code, '\n', r.stdout, r.stderr);
    }
  });
});
