import { GetObjectCommand } from '@aws-sdk/client-s3';
import { explain, findObject, type Bucket } from './objects.ts';

/** How often in a row a connection may end without a single byte. */
const TRIES = 4;

interface Opened {
  readonly body: AsyncIterable<Uint8Array>;
  readonly etag: string | undefined;
}

/** An object's bytes piece by piece; undefined: there is none. A connection that ends half-way is asked for the rest. */
export async function streamObject(
  bucket: Bucket,
  key: string,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const first = await open(bucket, { key, start: 0, etag: undefined });
  return first && follow(bucket, key, first);
}

async function* follow(bucket: Bucket, key: string, first: Opened): AsyncGenerator<Uint8Array> {
  let start = 0;
  let failures = 0;
  for (let opened: Opened | undefined = first; ;) {
    try {
      for await (const chunk of opened.body) {
        yield chunk;
        start += chunk.byteLength;
        failures = 0;
      }
      return;
    } catch (error) {
      failures += 1;
      if (failures === TRIES) throw explain(error, bucket, { action: 's3:GetObject', key });
    }
    opened = await open(bucket, { key, start, etag: first.etag });
    if (opened === undefined) throw new Error(`${key} is gone while it was read`);
  }
}

interface Wanted {
  readonly key: string;
  readonly start: number;
  /** Of the object that was begun with. */
  readonly etag: string | undefined;
}

function open(bucket: Bucket, { key, start, etag }: Wanted): Promise<Opened | undefined> {
  return findObject(bucket, key, async (object) => {
    const rest = start > 0 && { Range: `bytes=${start}-`, IfMatch: etag };
    const { Body, ETag } = await bucket.client.send(new GetObjectCommand({ ...object, ...rest }));
    return { body: (Body as AsyncIterable<Uint8Array> | undefined) ?? nothing(), etag: ETag };
  });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
