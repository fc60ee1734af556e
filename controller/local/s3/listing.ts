import { createHash } from 'node:crypto';
import { ServiceError, type ServiceResponse } from '../service.ts';
import type { BucketStore, StoredObject } from './bucket-store.ts';
import { renderS3Xml } from './render.ts';

const MAX_KEYS = 1000;

/** One page: keys and common prefixes together count towards `max-keys`. */
interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of the page, when more follows. */
  readonly next: string | undefined;
}

/** ListObjectsV2. */
export function listObjects(
  store: BucketStore,
  bucket: string,
  query: URLSearchParams,
): ServiceResponse {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const limit = readLimit(query.get('max-keys'));
  const after = token === null ? startAfter : decodeToken(token);
  const page = cutPage(store.keys(bucket), { prefix, delimiter, after, limit });
  const encode = query.get('encoding-type') === 'url' ? encodeForList : (text: string) => text;
  return renderS3Xml('ListBucketResult', {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: query.get('encoding-type') ?? undefined,
    KeyCount: page.keys.length + page.prefixes.length,
    IsTruncated: page.next !== undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.next === undefined ? undefined : encodeToken(page.next),
    StartAfter: startAfter === '' ? undefined : encode(startAfter),
    Contents: page.keys.map((key) => renderEntry(store.object(bucket, key), encode)),
    CommonPrefixes: page.prefixes.map((common) => ({ Prefix: encode(common) })),
  });
}

interface Window {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly limit: number;
}

function cutPage(sorted: readonly string[], { prefix, delimiter, after, limit }: Window): Page {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last = '';
  for (const key of sorted) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (name === prefixes.at(-1) || (after !== '' && !isAfter(name, after))) continue;
    if (keys.length + prefixes.length === limit) return { keys, prefixes, next: last || undefined };
    (end < 0 ? keys : prefixes).push(name);
    last = name;
  }
  return { keys, prefixes, next: undefined };
}

/** In UTF-8 byte order; comparing strings would put emoji before some other letters. */
function isAfter(name: string, after: string): boolean {
  return Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0;
}

function renderEntry(object: StoredObject | undefined, encode: (text: string) => string) {
  if (object === undefined) return undefined;
  return {
    Key: encode(object.key),
    LastModified: object.modified,
    ETag: object.etag,
    ChecksumAlgorithm: Object.keys(object.checksums).map((name) => name.toUpperCase()),
    Size: object.size,
    StorageClass: 'STANDARD',
  };
}

function readLimit(written: string | null): number {
  const limit = Number(written ?? MAX_KEYS);
  if (Number.isInteger(limit) && limit >= 0) return Math.min(limit, MAX_KEYS);
  throw new ServiceError(
    400,
    'InvalidArgument',
    'Provided max-keys not an integer or within integer range',
  );
}

/** As S3 encodes keys in listings: a space is `+`, the slash stays. */
export function encodeForList(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+');
}

/** Opaque to clients, and checked: a token that was made up is refused. */
function encodeToken(last: string): string {
  return `${seal(last)}${Buffer.from(last).toString('base64')}`;
}

function decodeToken(token: string): string {
  const last = Buffer.from(token.slice(8), 'base64').toString('utf8');
  if (token.startsWith(seal(last))) return last;
  throw new ServiceError(400, 'InvalidArgument', 'The continuation token provided is incorrect');
}

function seal(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
