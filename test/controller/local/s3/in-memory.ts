import { createS3, type S3 } from '../../../../controller/local/s3/s3.ts';
import type { Disk, ServiceResponse } from '../../../../controller/local/service.ts';
import { createClock } from '../../../../controller/local/state/clock.ts';

/** S3 without HTTP and disk, for what would take too many requests. `send` is the owner. */
export function createMemoryS3(): {
  s3: S3;
  send(method: string, target: string, body?: string): Promise<ServiceResponse>;
} {
  const bodies = new Map<string, Buffer>();
  const disk: Disk = {
    read: () => undefined,
    write: () => {},
    remove: () => {},
    list: () => [],
    readBytes: (name) => bodies.get(name),
    writeBytes: (name, bytes) => bodies.set(name, Buffer.from(bytes)),
    removeBytes: (name) => bodies.delete(name),
  };
  const s3 = createS3({ disk, clock: createClock(1) });
  return {
    s3,
    send(method, target, body = '') {
      const [path = '', query = ''] = target.split('?');
      return s3.handle({
        method,
        path,
        query: new URLSearchParams(query),
        headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
        body: Buffer.from(body),
        region: 'us-east-1',
        requestId: '1',
      });
    },
  };
}
