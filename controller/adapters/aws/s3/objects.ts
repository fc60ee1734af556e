import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { setTimeout as delay } from 'node:timers/promises';
import { DeniedError } from '../../../core/errors.ts';
import { translateError } from '../translate-error.ts';

/** A bucket and the client for its region. */
export interface Bucket {
  readonly client: S3Client;
  readonly name: string;
}

/** undefined: there is no such object. */
export function readObject(
  bucket: Bucket,
  key: string,
): Promise<{ bytes: Uint8Array; etag: string } | undefined> {
  return findObject(bucket, key, async (object) => {
    const output = await bucket.client.send(new GetObjectCommand(object));
    const bytes = (await output.Body?.transformToByteArray()) ?? new Uint8Array();
    return { bytes, etag: unquote(output.ETag) };
  });
}

/** undefined: there is no such object (or bucket: a HEAD answer can't tell). */
export function headObject(
  bucket: Bucket,
  key: string,
): Promise<HeadObjectCommandOutput | undefined> {
  return findObject(bucket, key, async (object) => {
    const ask = () =>
      bucket.client.send(new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' }));
    try {
      return await ask();
    } catch (error) {
      if (!isNameless(error)) throw error;
      await askWhy(bucket, object);
      return ask();
    }
  });
}

/** A HEAD answer has no body: missing rights and credentials that have expired look alike. */
function isNameless(error: unknown): boolean {
  const { name, status } = outline(error);
  return (status === 400 || status === 403) && /^(\d+|BadRequest|Forbidden|Unknown)/.test(name);
}

/** Throws what S3 has against it, in a GET's words; one that no object meets, so that nothing is sent. */
async function askWhy({ client }: Bucket, object: { Bucket: string; Key: string }): Promise<void> {
  try {
    await client.send(new GetObjectCommand({ ...object, IfMatch: '"none"' }));
  } catch (error) {
    if (outline(error).status !== 412) throw error;
  }
}

/** Reads what there is of an object; undefined: there is none. */
export async function findObject<Found>(
  bucket: Bucket,
  key: string,
  read: (object: { Bucket: string; Key: string }) => Promise<Found>,
): Promise<Found | undefined> {
  try {
    return await read({ Bucket: bucket.name, Key: key });
  } catch (error) {
    const { name, status } = outline(error);
    if (name === 'NoSuchKey' || name === 'NotFound') return undefined;
    // A HEAD answer has no body, so its 403 has no name.
    if (name === 'AccessDenied' || (status === 403 && /^(403|Forbidden|Unknown)/.test(name))) {
      throw maybeMissing(bucket, key, error);
    }
    throw explain(error, bucket, { action: 's3:GetObject', key });
  }
}

function maybeMissing(bucket: Bucket, key: string, cause: unknown): DeniedError {
  return new DeniedError(
    `The credentials in use may not read s3://${bucket.name}/${key}, or it isn't there: without s3:ListBucket on the bucket, S3 answers 403 in both cases.`,
    `Give that role or user s3:ListBucket on ${bucket.name} and s3:GetObject on its objects; \`aws sts get-caller-identity\` shows which is in use.`,
    { cause },
  );
}

interface NewObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly cacheControl?: string;
  /** Hex; S3 refuses the body when it doesn't match. */
  readonly sha256?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** `absent`: create only. An ETag: replace only that. `any`: whatever is there. */
type Condition = 'absent' | 'any' | { readonly etag: string };

/** Writes an object in one request; returns its ETag, or undefined when the condition doesn't hold. */
export async function writeObject(
  bucket: Bucket,
  object: NewObject,
  condition: Condition,
): Promise<string | undefined> {
  const command = new PutObjectCommand({
    Bucket: bucket.name,
    Key: object.key,
    Body: object.body,
    ContentType: object.contentType,
    ...(object.cacheControl !== undefined && { CacheControl: object.cacheControl }),
    ...(object.metadata && { Metadata: object.metadata }),
    ...(object.sha256 !== undefined && {
      ChecksumSHA256: Buffer.from(object.sha256, 'hex').toString('base64'),
    }),
    ...(condition === 'absent' && { IfNoneMatch: '*' }),
    ...(typeof condition === 'object' && { IfMatch: `"${condition.etag}"` }),
  });
  try {
    return await untilUndisputed(async () => unquote((await bucket.client.send(command)).ETag));
  } catch (error) {
    if (isRefused(error, condition)) return undefined;
    throw explain(error, bucket, { action: 's3:PutObject', key: object.key });
  }
}

/** 409: another write of the key is under way, and S3 asks to try again; it is seldom longer than a moment. */
export async function untilUndisputed<Result>(write: () => Promise<Result>): Promise<Result> {
  for (const pause of [100, 300, 900]) {
    try {
      return await write();
    } catch (error) {
      if (outline(error).name !== 'ConditionalRequestConflict') throw error;
    }
    await delay(pause);
  }
  return write();
}

/** A 404 means that the object to replace is gone, unless it is the bucket that is missing. */
function isRefused(error: unknown, condition: Condition): boolean {
  const { name, status } = outline(error);
  if (condition === 'any') return false;
  if (status === 412) return true;
  return condition !== 'absent' && (status === 409 || name === 'NoSuchKey');
}

/** Every key below a prefix with its bytes and, with a delimiter, the common prefixes instead of what lies below them. */
export async function listObjects(
  bucket: Bucket,
  prefix: string,
  delimiter?: '/',
): Promise<{ keys: readonly string[]; sizes: readonly number[]; prefixes: readonly string[] }> {
  const keys: string[] = [];
  const sizes: number[] = [];
  const prefixes: string[] = [];
  try {
    const pages = paginateListObjectsV2(
      { client: bucket.client },
      { Bucket: bucket.name, Prefix: prefix, ...(delimiter && { Delimiter: delimiter }) },
    );
    for await (const { Contents = [], CommonPrefixes = [] } of pages) {
      keys.push(...Contents.map(({ Key }) => Key ?? ''));
      sizes.push(...Contents.map(({ Size }) => Size ?? 0));
      prefixes.push(...CommonPrefixes.map(({ Prefix }) => Prefix ?? ''));
    }
  } catch (error) {
    throw explain(error, bucket, { action: 's3:ListBucket' });
  }
  return { keys, sizes, prefixes };
}

/** One page of the keys after `after`; `isWhole`: there are no more. */
export async function listPage(
  bucket: Bucket,
  { prefix, after, limit }: { prefix: string; after: string; limit: number },
): Promise<{ keys: readonly string[]; isWhole: boolean }> {
  const command = new ListObjectsV2Command({
    Bucket: bucket.name,
    Prefix: prefix,
    StartAfter: after,
    MaxKeys: limit,
  });
  try {
    const { Contents = [], IsTruncated } = await bucket.client.send(command);
    return { keys: Contents.map(({ Key }) => Key ?? ''), isWhole: IsTruncated !== true };
  } catch (error) {
    throw explain(error, bucket, { action: 's3:ListBucket' });
  }
}

/** What a failed call means, in our words. */
export function explain(
  error: unknown,
  bucket: Bucket,
  { action, key }: { action: string; key?: string },
): Error {
  const wholeBucket = key === undefined || outline(error).name === 'NoSuchBucket';
  const resource = wholeBucket ? `bucket ${bucket.name}` : `s3://${bucket.name}/${key}`;
  return translateError(error, { action, resource });
}

/** `status` 0: no answer. */
export function outline(error: unknown): { name: string; status: number } {
  if (!(error instanceof Error)) return { name: '', status: 0 };
  const metadata: unknown = Reflect.get(error, '$metadata');
  const status: unknown =
    typeof metadata === 'object' && metadata ? Reflect.get(metadata, 'httpStatusCode') : undefined;
  return { name: error.name, status: typeof status === 'number' ? status : 0 };
}

export function unquote(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
