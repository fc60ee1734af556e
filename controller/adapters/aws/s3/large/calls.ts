import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  paginateListParts,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { LargeUpload } from '../../../../ports/upload-store.ts';
import type { UnfinishedUpload } from '../../../../core/gc/unfinished.ts';
import { readField } from '../../fields.ts';
import { explain, outline, unquote, type Bucket } from '../objects.ts';

/** A part as S3 has it. */
export interface StoredPart {
  readonly number: number;
  readonly etag: string;
  /** Base64. */
  readonly sha256: string;
}

const CONTENT_HASH = 'x-amz-content-sha256';

/** Errors that say something of the upload, not of the request. */
const TELLING = new Set(['NoSuchUpload', 'InvalidPart', 'ConditionalRequestConflict']);

export async function beginUpload(bucket: Bucket, upload: LargeUpload): Promise<string> {
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket.name,
    Key: upload.key,
    ContentType: upload.contentType,
    CacheControl: upload.cacheControl,
    Metadata: upload.metadata,
    ChecksumAlgorithm: 'SHA256',
    // Documented: SHA-256 of parts can't be put together to one of the object.
    ChecksumType: 'COMPOSITE',
  });
  const { UploadId } = await ask(bucket, upload.key, () => bucket.client.send(command));
  if (UploadId === undefined) throw new Error(`S3 began an upload of ${upload.key} without an id`);
  return UploadId;
}

/** Unfinished uploads below a prefix; not whole: S3 has more to tell, and doesn't say how to ask. */
export async function listUnfinished(
  bucket: Bucket,
  prefix: string,
): Promise<{ found: readonly UnfinishedUpload[]; isWhole: boolean }> {
  const found: UnfinishedUpload[] = [];
  // The SDK has no paginator for these.
  for (let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}; ;) {
    const asked = { Bucket: bucket.name, Prefix: prefix, ...marker };
    const command = new ListMultipartUploadsCommand(asked);
    const page = await bucket.client.send(command).catch((error: unknown) => {
      throw explain(error, bucket, { action: 's3:ListBucketMultipartUploads' });
    });
    for (const { Key: key, UploadId: id, Initiated: begun } of page.Uploads ?? []) {
      if (key !== undefined && id !== undefined && begun !== undefined) {
        found.push({ key, id, begun });
      }
    }
    const { IsTruncated, NextKeyMarker: key, NextUploadIdMarker: id } = page;
    if (IsTruncated === false) return { found, isWhole: true };
    if (key === undefined || id === undefined) return { found, isWhole: false };
    marker = { KeyMarker: key, UploadIdMarker: id };
  }
}

/** By number; undefined: the upload is gone. */
export async function listParts(
  bucket: Bucket,
  key: string,
  id: string,
): Promise<ReadonlyMap<number, StoredPart> | undefined> {
  const parts = new Map<number, StoredPart>();
  try {
    const asked = { Bucket: bucket.name, Key: key, UploadId: id };
    for await (const { Parts = [] } of paginateListParts({ client: bucket.client }, asked)) {
      for (const { PartNumber: number = 0, ETag, ChecksumSHA256: sha256 = '' } of Parts) {
        parts.set(number, { number, etag: unquote(ETag), sha256 });
      }
    }
  } catch (error) {
    if (outline(error).name === 'NoSuchUpload') return undefined;
    throw explain(error, bucket, { action: 's3:ListMultipartUploadParts', key });
  }
  return parts;
}

/** Sends a part; one of the same number goes. Throws S3's own error when it says something of the upload. */
export async function sendPart(
  bucket: Bucket,
  { key, id }: Pick<UnfinishedUpload, 'key' | 'id'>,
  { number, body, sha256 }: { number: number; body: Uint8Array; sha256: string },
): Promise<StoredPart> {
  const command = new UploadPartCommand({
    Bucket: bucket.name,
    Key: key,
    UploadId: id,
    PartNumber: number,
    Body: body,
    ChecksumSHA256: sha256,
  });
  sendLean(command, sha256);
  const { ETag } = await ask(bucket, key, () => bucket.client.send(command));
  return { number, etag: unquote(ETag), sha256 };
}

/** The ETag of the object; undefined: the key is taken. Throws S3's own error when it says something of the upload. */
export async function completeUpload(
  bucket: Bucket,
  { key, id }: Pick<UnfinishedUpload, 'key' | 'id'>,
  { size, parts }: { size: number; parts: readonly StoredPart[] },
): Promise<string | undefined> {
  const command = new CompleteMultipartUploadCommand({
    Bucket: bucket.name,
    Key: key,
    UploadId: id,
    IfNoneMatch: '*',
    MpuObjectSize: size,
    MultipartUpload: {
      Parts: parts.map(({ number, etag, sha256 }) => {
        return { PartNumber: number, ETag: `"${etag}"`, ChecksumSHA256: sha256 };
      }),
    },
  });
  return ask(bucket, key, async () => {
    try {
      return unquote((await bucket.client.send(command)).ETag);
    } catch (error) {
      if (outline(error).status === 412) return undefined;
      throw error;
    }
  });
}

/**
 * The signature covers the body by the hash that is known, so that a part is hashed once. And it is sent without asking
 * first: for that the SDK opens a connection of its own, past the kept ones.
 */
function sendLean(command: UploadPartCommand, sha256: string): void {
  const hash = Buffer.from(sha256, 'base64').toString('hex');
  command.middlewareStack.add(
    (next) => (args) => {
      const headers = readField(args.request, 'headers');
      if (typeof headers === 'object' && headers !== null) {
        Reflect.set(headers, CONTENT_HASH, hash);
        Reflect.deleteProperty(headers, 'Expect');
      }
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'high', name: 'sendLean' },
  );
}

async function ask<Output>(
  bucket: Bucket,
  key: string,
  send: () => Promise<Output>,
): Promise<Output> {
  try {
    return await send();
  } catch (error) {
    if (TELLING.has(outline(error).name)) throw error;
    throw explain(error, bucket, { action: 's3:PutObject', key });
  }
}
