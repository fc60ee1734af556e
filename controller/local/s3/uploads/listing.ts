import { ServiceError, type ServiceResponse } from '../../service.ts';
import { encodeForList } from '../listing.ts';
import type { Surroundings } from '../objects.ts';
import { errors } from '../errors.ts';
import { renderS3Xml } from '../render.ts';
import { findUpload, type UploadRequest } from './multipart.ts';
import type { Upload } from './upload-store.ts';

const PAGE = 1000;

/** ListParts. Like S3's, it tells neither headers nor metadata of the upload. */
export function listParts(
  { uploads }: Surroundings,
  { address, query }: UploadRequest,
): ServiceResponse {
  const { id, key, bucket, algorithm, parts } = findUpload(uploads, address, query);
  const limit = readLimit(query.get('max-parts'));
  const after = Number(query.get('part-number-marker') ?? 0);
  const rest = parts.filter(({ number }) => number > after);
  const page = rest.slice(0, limit);
  const isTruncated = page.length < rest.length;
  return renderS3Xml('ListPartsResult', {
    Bucket: bucket,
    Key: key,
    UploadId: id,
    StorageClass: 'STANDARD',
    PartNumberMarker: after,
    NextPartNumberMarker: isTruncated ? page.at(-1)?.number : undefined,
    MaxParts: limit,
    IsTruncated: isTruncated,
    ...describeChecksums(algorithm),
    Part: page.map(({ number, modified, etag, size, checksums }) => ({
      PartNumber: number,
      LastModified: modified,
      ETag: etag,
      Size: size,
      ...Object.fromEntries(
        Object.entries(checksums).map(([name, sum]) => [`Checksum${name.toUpperCase()}`, sum]),
      ),
    })),
  });
}

/** ListMultipartUploads. */
export function listUploads(
  { uploads }: Surroundings,
  bucket: string,
  query: URLSearchParams,
): ServiceResponse {
  if (query.has('delimiter')) throw errors.notImplemented('folders of uploads');
  const prefix = query.get('prefix') ?? '';
  const limit = readLimit(query.get('max-uploads'));
  const after = { key: query.get('key-marker') ?? '', id: query.get('upload-id-marker') ?? '' };
  const all = uploads.list(bucket).filter(({ key }) => key.startsWith(prefix));
  const rest = after.key === '' ? all : all.slice(findStart(all, after));
  const page = rest.slice(0, limit);
  const last = page.length < rest.length ? page.at(-1) : undefined;
  const encode = query.get('encoding-type') === 'url' ? encodeForList : (text: string) => text;
  return renderS3Xml('ListMultipartUploadsResult', {
    Bucket: bucket,
    Prefix: encode(prefix),
    KeyMarker: encode(after.key),
    UploadIdMarker: after.id,
    NextKeyMarker: last && encode(last.key),
    NextUploadIdMarker: last?.id,
    MaxUploads: limit,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: last !== undefined,
    Upload: page.map(({ key, id, initiated, algorithm }) => ({
      Key: encode(key),
      UploadId: id,
      StorageClass: 'STANDARD',
      Initiated: initiated,
      ...describeChecksums(algorithm),
    })),
  });
}

function describeChecksums(algorithm: string | undefined) {
  return algorithm === undefined
    ? {}
    : { ChecksumAlgorithm: algorithm.toUpperCase(), ChecksumType: 'COMPOSITE' };
}

/** After that upload; without its id, after all of that key. */
function findStart(all: readonly Upload[], after: { key: string; id: string }): number {
  const marked = all.findIndex(({ key, id }) => key === after.key && id === after.id);
  if (marked >= 0) return marked + 1;
  const bytes = Buffer.from(after.key);
  const next = all.findIndex(({ key }) => Buffer.compare(Buffer.from(key), bytes) > 0);
  return next < 0 ? all.length : next;
}

function readLimit(written: string | null): number {
  const limit = Number(written ?? PAGE);
  if (Number.isInteger(limit) && limit >= 0) return Math.min(limit, PAGE);
  throw new ServiceError(400, 'InvalidArgument', 'Provided limit not an integer or within range');
}
