import { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { createS3 } from '../../../controller/local/s3/s3.ts';
import type { Service, ServiceRequest } from '../../../controller/local/service.ts';
import { createClock } from '../../../controller/local/state/clock.ts';
import type { LargeUpload, UploadStore } from '../../../controller/ports/upload-store.ts';
import { startNetwork, type Meet } from '../../end-to-end/publish-faults/network.ts';
import { createMemoryDisk } from '../../fakes/cloud/memory-disk.ts';
import { hurry } from '../upload-engine.ts';

/** S3 takes no smaller part but the last. */
export const PART = 5 * 2 ** 20;
const BUCKET = 'acme';

const undisturbed: Meet = (_, s3) => s3();

/** A request that S3 carried out or refused: `UploadPart 2`. */
export interface Done {
  readonly what: string;
  readonly bytes: number;
}

export interface Stage {
  readonly done: Done[];
  /** A runner of its own behind a network that may have its days. */
  open(meet?: Meet): UploadStore;
  /** The owner's own request, past every fault. */
  send(method: string, target: string, sent?: Sent): Promise<string>;
  close(): Promise<void>;
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export type CreateStore = (client: S3Client, bucket: string) => UploadStore;

/** One bucket in memory, and any number of runners. */
export async function openStage(createStore: CreateStore): Promise<Stage> {
  const s3 = createS3({ disk: createMemoryDisk(), clock: createClock(1) });
  const network = await startNetwork();
  const done: Done[] = [];
  const clients: S3Client[] = [];
  const watched: Service = {
    ...s3,
    async handle(request) {
      done.push({ what: nameOf(request), bytes: request.body.length });
      return s3.handle(request);
    },
  };
  const send = async (method: string, target: string, sent: Sent = {}) => {
    const [path = '', query = ''] = target.split('?');
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...sent.headers };
    const plain = { headers, body: sent.body ?? Buffer.of(), region: 'us-east-1', requestId: '1' };
    const asked = { method, path: `/${BUCKET}${path}`, query: new URLSearchParams(query) };
    return String((await s3.handle({ ...plain, ...asked })).body ?? '');
  };
  await send('PUT', '');
  return {
    done,
    open(meet = undisturbed) {
      const { token } = network.open(watched, meet);
      const client = new S3Client({
        endpoint: network.endpoint,
        region: 'us-east-1',
        forcePathStyle: true,
        maxAttempts: 3,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: `${token}.0` },
      });
      hurry(client);
      clients.push(client);
      return createStore(client, BUCKET);
    },
    send,
    async close() {
      for (const client of clients) client.destroy();
      await network.close();
    },
  };
}

const NAMES: Readonly<Record<string, string>> = {
  'GET uploads': 'ListMultipartUploads',
  'GET uploadId': 'ListParts',
  'POST uploads': 'CreateMultipartUpload',
  'POST uploadId': 'CompleteMultipartUpload',
  'DELETE uploadId': 'AbortMultipartUpload',
  'PUT uploadId': 'UploadPart',
};

function nameOf({ method, query }: ServiceRequest): string {
  const [kind = ''] = ['uploads', 'uploadId'].filter((name) => query.has(name));
  const number = query.get('partNumber');
  return `${NAMES[`${method} ${kind}`] ?? method}${number === null ? '' : ` ${number}`}`;
}

/** A file of a whole part and a bit. */
export const BYTES = makeBytes(PART + 1000);

function makeBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4096) bytes.writeUInt32LE(at, at);
  return bytes;
}

export function makeLarge(key: string, bytes: Buffer = BYTES): LargeUpload {
  return {
    key,
    size: bytes.length,
    partSize: PART,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    contentType: 'video/mp4',
    cacheControl: 'public, max-age=31536000, immutable',
    metadata: {},
    read: async (start, end) => bytes.subarray(start, end),
  };
}

/** Hex: of the hashes of the parts. */
export function hashParts(algorithm: 'md5' | 'sha256', bytes: Buffer): string {
  const hash = (part: Uint8Array) => createHash(algorithm).update(part).digest();
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += PART) {
    parts.push(hash(bytes.subarray(start, start + PART)));
  }
  return hash(Buffer.concat(parts)).toString('hex');
}

export async function readAll(store: UploadStore, key: string): Promise<Buffer | undefined> {
  const stream = await store.stream(key);
  if (stream === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
