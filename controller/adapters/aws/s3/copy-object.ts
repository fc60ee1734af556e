import { CopyObjectCommand } from '@aws-sdk/client-s3';
import type { Copy } from '../../../ports/upload-store.ts';
import { encodeKey } from './lean/target.ts';
import { explain, outline, unquote, untilUndisputed, type Bucket } from './objects.ts';

/** What becomes of a copy: its ETag, or why nothing was made. */
type Copied = { readonly etag: string } | 'taken' | 'changed';

/** S3 says by its name which of the two conditions failed: that on the key, or that on the source. */
export const KEY_CONDITION = 'If-None-Match';

/** What S3 answers where the bucket's policy wants conditions on writes, by one of its pages; by another it copies. */
export const NO_COPIES = 501;

/** One needs both, and S3 doesn't say which is missing. */
export const COPY_ACTION = 's3:PutObject, or s3:GetObject on what is copied,';

/** Copies an object where nothing is yet, with headers of its own. */
export async function copyObject(bucket: Bucket, copy: Copy): Promise<Copied> {
  const command = new CopyObjectCommand({
    Bucket: bucket.name,
    Key: copy.key,
    CopySource: sourceOf(bucket.name, copy.source),
    CopySourceIfMatch: `"${copy.etag}"`,
    IfNoneMatch: '*',
    MetadataDirective: 'REPLACE',
    ContentType: copy.contentType,
    CacheControl: copy.cacheControl,
    Metadata: copy.metadata,
    ChecksumAlgorithm: 'SHA256',
  });
  let result;
  try {
    result = await untilUndisputed(() => bucket.client.send(command));
  } catch (error) {
    const { name, status } = outline(error);
    if (name === 'NoSuchKey' || status === NO_COPIES) return 'changed';
    if (status === 412) return judgeCondition(error);
    throw explain(error, bucket, { action: COPY_ACTION, key: copy.key });
  }
  const { ETag, ChecksumSHA256 } = result.CopyObjectResult ?? {};
  checkCopied(copy, ChecksumSHA256);
  return { etag: unquote(ETag) };
}

/** `some-bucket/a%20b`; of an access point `arn:.../object/a%20b`. */
export function sourceOf(bucket: string, key: string): string {
  return `${bucket}${bucket.startsWith('arn:') ? '/object' : ''}/${encodeKey(key)}`;
}

/** S3 computes it anew. `base64` undefined: another store, which doesn't. */
export function checkCopied({ key, source, sha256 }: Copy, base64: string | undefined): void {
  if (base64 === undefined || base64 === Buffer.from(sha256, 'hex').toString('base64')) return;
  throw new Error(`${key} was copied from ${source}, and has other bytes than that should have`);
}

/** In doubt `changed`: whoever sends the bytes then learns that the key is taken. */
function judgeCondition(error: unknown): Copied {
  const condition: unknown = error instanceof Error ? Reflect.get(error, 'Condition') : undefined;
  return condition === KEY_CONDITION ? 'taken' : 'changed';
}
