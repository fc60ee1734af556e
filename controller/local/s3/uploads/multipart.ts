import { createHash } from 'node:crypto';
import { ServiceError, type ServiceRequest, type ServiceResponse } from '../../service.ts';
import type { Address } from '../address.ts';
import { verifyChecksums } from '../checksums.ts';
import { checkWrite } from '../conditions.ts';
import { errors } from '../errors.ts';
import {
  checksumHeaders,
  encrypted,
  etagOf,
  readKeptHeaders,
  readMetadata,
  wholeSeconds,
  type Surroundings,
} from '../objects.ts';
import { renderS3Xml } from '../render.ts';
import { readCompletion, selectParts } from './completion.ts';
import type { Part, Upload } from './upload-store.ts';

const MOST_PARTS = 10_000;
const ALGORITHMS = ['crc32', 'crc32c', 'sha1', 'sha256'];

export interface UploadRequest extends Pick<ServiceRequest, 'headers' | 'query' | 'body'> {
  readonly address: Address;
}

/** CreateMultipartUpload. Whatever stands under the key stays until the upload is completed. */
export function beginUpload(
  { uploads, clock }: Surroundings,
  { address, headers }: UploadRequest,
): ServiceResponse {
  const { bucket, key } = address;
  const algorithm = headers['x-amz-checksum-algorithm']?.toLowerCase();
  const type = headers['x-amz-checksum-type'];
  if (algorithm !== undefined && !ALGORITHMS.includes(algorithm)) {
    throw errors.notImplemented(`the checksum ${algorithm} of uploads in parts`);
  }
  if (type === 'FULL_OBJECT') {
    // Documented: only CRCs of parts make one of the object.
    if (algorithm?.startsWith('sha') !== true) {
      throw errors.notImplemented('checksums of whole objects that are sent in parts');
    }
    throw errors.invalidRequest(
      `The FULL_OBJECT checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  }
  const { id } = uploads.begin({
    bucket,
    key,
    initiated: clock.now().toISOString(),
    headers: readKeptHeaders(headers),
    metadata: readMetadata(headers),
    ...(algorithm !== undefined && { algorithm }),
  });
  const result = renderS3Xml('InitiateMultipartUploadResult', {
    Bucket: bucket,
    Key: key,
    UploadId: id,
  });
  const checks = algorithm && {
    'x-amz-checksum-algorithm': algorithm.toUpperCase(),
    'x-amz-checksum-type': 'COMPOSITE',
  };
  return { ...result, headers: { ...result.headers, ...encrypted, ...checks } };
}

/** UploadPart. */
export function putPart(
  { uploads, clock }: Surroundings,
  { address, headers, query, body }: UploadRequest,
): ServiceResponse {
  const upload = findUpload(uploads, address, query);
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS) {
    throw new ServiceError(
      400,
      'InvalidArgument',
      `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
      { ArgumentName: 'partNumber', ArgumentValue: query.get('partNumber') ?? '' },
    );
  }
  for (const name of ['x-amz-copy-source', 'if-none-match', 'if-match']) {
    if (headers[name] !== undefined) throw errors.notImplemented(`${name} on a part`);
  }
  const checksums = verifyChecksums(headers, body);
  const [sent] = Object.keys(checksums);
  if (upload.algorithm !== undefined && sent !== upload.algorithm) {
    throw errors.invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm}, actual checksum Type: ${sent ?? 'null'}`,
    );
  }
  const etag = etagOf(body);
  const modified = wholeSeconds(clock.now());
  uploads.addPart(upload, { number, etag, modified, checksums }, body);
  const { 'x-amz-checksum-type': _, ...checked } = checksumHeaders(checksums);
  return { status: 200, headers: { etag, ...encrypted, ...checked } };
}

/** CompleteMultipartUpload. */
export function completeUpload(
  { store, uploads }: Surroundings,
  { address, headers, query, body }: UploadRequest,
): ServiceResponse {
  const { bucket, key } = address;
  const upload = findUpload(uploads, address, query);
  const parts = selectParts(upload, readCompletion(body));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expected = headers['x-amz-mp-object-size'];
  if (expected !== undefined && Number(expected) !== size) {
    throw errors.invalidRequest(
      'The provided x-amz-mp-object-size header value did not match what was computed',
    );
  }
  checkWrite(headers, key, store.object(bucket, key));
  const described = {
    key,
    etag: `"${hashOfHashes('md5', parts.map(md5Of))}-${parts.length}"`,
    // Documented: an object of parts is as old as its upload.
    modified: wholeSeconds(new Date(upload.initiated)),
    headers: upload.headers,
    metadata: upload.metadata,
    checksums: composeChecksums(upload, parts),
  };
  uploads.complete(upload, described, parts);
  return renderS3Xml('CompleteMultipartUploadResult', {
    Location: `/${bucket}/${key}`,
    Bucket: bucket,
    Key: key,
    ETag: described.etag,
    ...Object.fromEntries(
      Object.entries(described.checksums).map(([name, sum]) => [
        `Checksum${name.toUpperCase()}`,
        sum,
      ]),
    ),
    ChecksumType: upload.algorithm === undefined ? undefined : 'COMPOSITE',
  });
}

/** AbortMultipartUpload. */
export function abortUpload(
  { uploads }: Surroundings,
  { address, query }: UploadRequest,
): ServiceResponse {
  uploads.abort(findUpload(uploads, address, query));
  return { status: 204 };
}

export function findUpload(
  uploads: Surroundings['uploads'],
  { bucket, key }: Address,
  query: URLSearchParams,
): Upload {
  const id = query.get('uploadId') ?? '';
  const upload = uploads.find(bucket, key, id);
  if (upload !== undefined) return upload;
  throw new ServiceError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: id },
  );
}

/** Only the hashes of algorithms that Node hashes with; no client of ours asks for CRCs of parts. */
function composeChecksums({ algorithm }: Upload, parts: readonly Part[]): Record<string, string> {
  if (algorithm === undefined) return {};
  if (!algorithm.startsWith('sha')) {
    throw errors.notImplemented(`completing uploads with ${algorithm} of parts`);
  }
  const sums = parts.map(({ checksums }) => Buffer.from(checksums[algorithm] ?? '', 'base64'));
  const whole = Buffer.from(hashOfHashes(algorithm, sums), 'hex').toString('base64');
  return { [algorithm]: `${whole}-${parts.length}` };
}

function md5Of({ etag }: Part): Buffer {
  return Buffer.from(etag.replaceAll('"', ''), 'hex');
}

function hashOfHashes(algorithm: string, hashes: readonly Buffer[]): string {
  return createHash(algorithm).update(Buffer.concat(hashes)).digest('hex');
}
