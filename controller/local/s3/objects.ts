import { createHash } from 'node:crypto';
import { ServiceError, type CloudClock, type ServiceResponse } from '../service.ts';
import { parseAddress, type Address } from './address.ts';
import type { BucketStore, NewObject, StoredObject } from './bucket-store.ts';
import { computeChecksum, verifyChecksums } from './checksums.ts';
import { checkCopySource, checkRead, checkWrite } from './conditions.ts';
import { errors } from './errors.ts';
import { cutRange } from './range.ts';
import { renderS3Xml } from './render.ts';
import type { UploadStore } from './uploads/upload-store.ts';

/** What an operation on one object needs of its request. */
export interface ObjectRequest {
  readonly method: string;
  readonly address: Address;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Surroundings {
  readonly store: BucketStore;
  readonly uploads: UploadStore;
  readonly clock: CloudClock;
}

const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];
const METADATA = 'x-amz-meta-';
const MAX_METADATA_BYTES = 2048;

/** GetObject and HeadObject. */
export function readObject({ store }: Surroundings, request: ObjectRequest): ServiceResponse {
  const { address, headers } = request;
  const object = store.object(address.bucket, address.key);
  if (object === undefined) throw errors.noSuchKey(address.key);
  const described = describeObject(object);
  if (checkRead(headers, object) === 'unchanged') return { status: 304, headers: described };
  const range = cutRange(headers['range'], object.size);
  const checksums = headers['x-amz-checksum-mode'] === 'ENABLED' && range === undefined;
  const answer = {
    status: range === undefined ? 200 : 206,
    headers: {
      ...described,
      ...(checksums ? checksumHeaders(object.checksums) : {}),
      ...(range === undefined
        ? {}
        : { 'content-range': `bytes ${range.first}-${range.last}/${object.size}` }),
      'content-length': String(range === undefined ? object.size : range.last - range.first + 1),
    },
  };
  if (request.method === 'HEAD') return answer;
  const pieces = store.pieces(object, range ?? { first: 0, last: object.size - 1 });
  if (typeof object.body !== 'string') return { ...answer, pieces };
  const [body = Buffer.alloc(0)] = pieces;
  return { ...answer, body };
}

export function putObject(
  { store, clock }: Surroundings,
  { address, headers, body }: ObjectRequest,
): ServiceResponse {
  const { bucket, key } = address;
  const checksums = verifyChecksums(headers, body);
  const metadata = readMetadata(headers);
  checkWrite(headers, key, store.object(bucket, key));
  const object: NewObject = {
    key,
    etag: etagOf(body),
    modified: wholeSeconds(clock.now()),
    headers: readKeptHeaders(headers),
    metadata,
    checksums,
  };
  store.saveObject(bucket, object, body);
  return {
    status: 200,
    headers: { etag: object.etag, ...encrypted, ...checksumHeaders(checksums) },
  };
}

export function copyObject(
  { store, clock }: Surroundings,
  { address, headers }: ObjectRequest,
): ServiceResponse {
  const { bucket, key } = address;
  const from = readCopySource(headers);
  const source = store.object(from.bucket, from.key);
  if (store.bucket(from.bucket) === undefined) throw errors.noSuchBucket(from.bucket);
  if (source === undefined) throw errors.noSuchKey(from.key);
  checkCopySource(headers, source);
  checkWrite(headers, key, store.object(bucket, key));
  const replace = readDirective(headers) === 'REPLACE';
  if (!replace && from.bucket === bucket && from.key === key) {
    throw errors.invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata.",
    );
  }
  const body = store.body(source);
  const algorithm = headers['x-amz-checksum-algorithm']?.toLowerCase() ?? algorithmOf(source);
  const copy: NewObject = {
    key,
    // One object again: what its parts were is forgotten.
    etag: etagOf(body),
    modified: wholeSeconds(clock.now()),
    headers: replace ? readKeptHeaders(headers) : source.headers,
    metadata: replace ? readMetadata(headers) : source.metadata,
    checksums: algorithm ? { [algorithm]: computeChecksum(algorithm, body) } : {},
  };
  store.saveObject(bucket, copy, body);
  const result = {
    LastModified: copy.modified,
    ETag: copy.etag,
    ...Object.fromEntries(
      Object.entries(copy.checksums).map(([name, sum]) => [`Checksum${name.toUpperCase()}`, sum]),
    ),
  };
  return renderS3Xml('CopyObjectResult', result);
}

/** Deleting what isn't there succeeds, unless the request says which object it means. */
export function deleteObject(
  { store }: Surroundings,
  { address, headers }: ObjectRequest,
): ServiceResponse {
  checkWrite(headers, address.key, store.object(address.bucket, address.key));
  store.removeObject(address.bucket, address.key);
  return { status: 204 };
}

export const encrypted = { 'x-amz-server-side-encryption': 'AES256' } as const;

/** What is stored never changes: another body is another object. */
const descriptions = new WeakMap<StoredObject, Readonly<Record<string, string>>>();

function describeObject(object: StoredObject): Readonly<Record<string, string>> {
  const known = descriptions.get(object) ?? describeNew(object);
  descriptions.set(object, known);
  return known;
}

function describeNew(object: StoredObject): Readonly<Record<string, string>> {
  const metadata = Object.entries(object.metadata).map(([name, value]) => [METADATA + name, value]);
  return {
    ...object.headers,
    ...Object.fromEntries(metadata),
    ...encrypted,
    etag: object.etag,
    'last-modified': new Date(object.modified).toUTCString(),
    'accept-ranges': 'bytes',
  };
}

export function checksumHeaders(
  checksums: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Object.entries(checksums).map(([name, sum]) => [`x-amz-checksum-${name}`, sum]);
  if (entries.length === 0) return {};
  return { ...Object.fromEntries(entries), 'x-amz-checksum-type': typeOf(checksums) };
}

/** A checksum of the checksums of parts says how many there were. */
function typeOf(checksums: StoredObject['checksums']): 'COMPOSITE' | 'FULL_OBJECT' {
  return Object.values(checksums).some((sum) => sum.includes('-')) ? 'COMPOSITE' : 'FULL_OBJECT';
}

function algorithmOf({ checksums }: StoredObject): string | undefined {
  return Object.keys(checksums)[0];
}

export function readCopySource(headers: ObjectRequest['headers']): Address {
  const [path = '', query] = (headers['x-amz-copy-source'] ?? '').split('?');
  if (query !== undefined) throw errors.notImplemented('copies of a version');
  const { bucket, key } = parseAddress(`/${path.replace(/^(\/|%2F)/i, '')}`);
  if (bucket === '' || key === '') {
    throw new ServiceError(
      400,
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  return { bucket, key };
}

/** Headers and metadata of a copy that keeps those of its source would be ignored, so they are refused here. */
function readDirective(headers: ObjectRequest['headers']): 'COPY' | 'REPLACE' {
  const directive = headers['x-amz-metadata-directive'] ?? 'COPY';
  if (directive === 'REPLACE') return directive;
  if (directive !== 'COPY') {
    throw new ServiceError(400, 'InvalidArgument', 'Unknown metadata directive.', {
      ArgumentName: 'x-amz-metadata-directive',
      ArgumentValue: directive,
    });
  }
  if (Object.keys(readMetadata(headers)).length > 0 || headers['cache-control'] !== undefined) {
    throw errors.notImplemented('headers for a copy without x-amz-metadata-directive: REPLACE');
  }
  return directive;
}

export function readKeptHeaders(headers: ObjectRequest['headers']): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => KEPT_HEADERS.includes(name));
  return {
    ...Object.fromEntries(kept),
    'content-type': headers['content-type'] ?? 'binary/octet-stream',
  };
}

export function readMetadata(headers: ObjectRequest['headers']): Record<string, string> {
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith(METADATA))
    .map(([name, value]) => [name.slice(METADATA.length), value] as const);
  const size = metadata.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > MAX_METADATA_BYTES) {
    throw new ServiceError(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      { Size: String(size), MaxSizeAllowed: String(MAX_METADATA_BYTES) },
    );
  }
  return Object.fromEntries(metadata);
}

export function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** S3 keeps no fractions of a second: conditional reads compare whole ones. */
export function wholeSeconds(time: Date): string {
  return new Date(Math.floor(time.getTime() / 1000) * 1000).toISOString();
}
