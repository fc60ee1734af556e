import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing } from '../depth.ts';
import { readLive } from './live.ts';
import { BUCKET, composePolicy } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';

const run = promisify(execFile);
// Named in full: another program called `aws` may come first on the PATH.
const AWSCLI = '/usr/bin/aws';
const absent = !existsSync(AWSCLI) && missing('awscli', 'apt-get install awscli (Debian 12)');

describe.skipIf(absent)('what Debian’s awscli sees', () => {
  let setting: Setting;

  beforeAll(async () => {
    setting = await createSetting([A, B]);
    const policy = composePolicy(setting.distributions, { prod: { build: A } });
    await setting.run(['reconcile'], { policy });
  });
  afterAll(() => setting.close());

  async function aws(...args: readonly string[]): Promise<string> {
    const { cloud, directory } = setting;
    // awscli 2.9 doesn't know AWS_ENDPOINT_URL.
    const all = [...args, '--endpoint-url', cloud.endpoint, '--output', 'text'];
    const env = { PATH: '/usr/bin:/bin', HOME: directory, ...cloud.environment };
    return (await run(AWSCLI, all, { env })).stdout.trim();
  }

  function readParameter(name: string): Promise<string> {
    return aws('ssm', 'get-parameter', '--name', name, '--query', 'Parameter.Value');
  }

  it('builds, the active build number and the route', { timeout: 300_000 }, async () => {
    const [builds, activeBuild, route, live] = await Promise.all([
      aws('s3', 'ls', `s3://${BUCKET}/shop/builds/`),
      readParameter('/headgate/shop/prod/active-build'),
      readParameter('/headgate/shop/prod/route'),
      readLive(setting),
    ]);
    expect(builds.split('\n').map((line) => line.trim())).toEqual([`PRE ${A}/`, `PRE ${B}/`]);
    expect(activeBuild).toBe(A);
    expect(route).toBe(live.store['shop.localhost']);
    expect(JSON.parse(route)).toMatchObject({ app: 'shop', env: 'prod', gen: 1 });
  });
});
