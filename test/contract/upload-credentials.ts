import { S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import type { UploadStore } from '../../controller/ports/upload-store.ts';
import { refuse, type FaultyS3 } from '../fakes/s3-faults.ts';
import { makeUpload } from './upload-store.ts';

/** New ones each time they are asked for; `lifetime` in milliseconds. */
function issue(lifetime: number) {
  let issued = 0;
  const provider = async () => ({
    accessKeyId: 'local',
    secretAccessKey: 'local',
    sessionToken: `token ${(issued += 1)}`,
    expiration: new Date(Date.now() + lifetime),
  });
  return { provider, issued: () => issued };
}

/** What every UploadStore does with credentials that expire half-way. */
export function checkUploadCredentials(
  open: () => FaultyS3,
  create: (client: S3Client, bucket: string) => UploadStore,
): void {
  const openWith = (credentials: ReturnType<typeof issue>['provider']) => {
    const { endpoint } = open();
    const config = { endpoint, region: 'us-east-1', forcePathStyle: true, credentials };
    return create(new S3Client(config), 'acme');
  };
  const tokenOf = (seen: FaultyS3['seen'][number] | undefined) =>
    String(seen?.headers['x-amz-security-token']);

  it('are renewed before their time is over', async () => {
    const { provider } = issue(1_000);
    const store = openWith(provider);
    await store.create(makeUpload('expiring/1'));
    await store.create(makeUpload('expiring/2'));
    const [one, two] = open().seen.slice(-2);
    expect(tokenOf(one)).not.toBe(tokenOf(two));
  });

  it('and that AWS calls expired are asked for again, once for all requests under way', async () => {
    const { provider, issued } = issue(3_600_000);
    const store = openWith(provider);
    await store.create(makeUpload('expired/0'));
    const old = tokenOf(open().seen.at(-1));
    const before = issued();
    open().guard((seen) => (tokenOf(seen) === old ? refuse(400, 'ExpiredToken') : undefined));
    const uploads = Array.from({ length: 20 }, (_, at) => makeUpload(`expired/${at + 1}`));
    const outcomes = await Promise.all(uploads.map((upload) => store.create(upload)));
    open().guard(undefined);
    expect(outcomes.every(({ created }) => created)).toBe(true);
    expect(issued() - before).toBe(1);
  });

  it('and that stay expired end it, with what to do', async () => {
    const store = openWith(issue(3_600_000).provider);
    const before = open().seen.length;
    open().guard(() => refuse(400, 'ExpiredToken'));
    await expect(store.create(makeUpload('expired/for-ever'))).rejects.toMatchObject({
      message: 'The AWS credentials have expired.',
      next: 'Get new ones and run it again.',
    });
    open().guard(undefined);
    expect(open().seen.length - before).toBe(2);
  });
}
