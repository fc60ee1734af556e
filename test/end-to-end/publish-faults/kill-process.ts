import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BUCKET, REGION } from './bucket.ts';
import type { Asked } from './network.ts';
import type { PublishRun } from './run-publish.ts';

const CLI = join(import.meta.dirname, '../../../dist/cli.js');

/** `headgate publish` as a process of its own, killed when S3 has carried out this request of it. */
export async function killAfter(
  index: number,
  { network, bucket, directory, build }: PublishRun,
): Promise<{ readonly code: number | null; readonly asked: readonly Asked[] }> {
  const { token, asked } = network.open(bucket.s3, async (one, s3) => {
    if (one.index < index) return s3();
    if (one.index === index) {
      await s3();
      child.kill('SIGKILL');
    }
    return 'cut';
  });
  const place = ['--bucket', BUCKET, '--region', REGION, '--app', 'shop', '--build', build];
  // Without the optimising compiler, on which a process that lives for a moment spends a fifth of it.
  const child = spawn(process.execPath, ['--no-opt', CLI, 'publish', directory, ...place], {
    cwd: directory,
    env: {
      HOME: directory,
      AWS_ENDPOINT_URL: network.endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: `${token}.0`,
    },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, asked };
}
