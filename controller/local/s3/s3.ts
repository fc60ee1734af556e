import { randomUUID } from 'node:crypto';
import {
  ServiceError,
  type CloudClock,
  type Disk,
  type Service,
  type ServiceRequest,
  type ServiceResponse,
} from '../service.ts';
import { parseAddress, type Address } from './address.ts';
import { blocksPublic, handleSetting } from './bucket-settings.ts';
import { BucketStore, type Bucket } from './bucket-store.ts';
import {
  createBucket,
  deleteBucket,
  deleteBucketPolicy,
  deleteObjects,
  getBucketPolicy,
  listBuckets,
  putBucketPolicy,
  readBucketLocation,
} from './buckets.ts';
import { errors } from './errors.ts';
import { listObjects } from './listing.ts';
import { nameOperation } from './name-operation.ts';
import {
  copyObject,
  deleteObject,
  putObject,
  readCopySource,
  readObject,
  type Surroundings,
} from './objects.ts';
import { isAllowed, type Policy, type Principal } from './policy.ts';
import { isPublic } from './public-policy.ts';
import { renderS3Error } from './render.ts';
import { listParts, listUploads } from './uploads/listing.ts';
import { abortUpload, beginUpload, completeUpload, putPart } from './uploads/multipart.ts';
import { UploadStore } from './uploads/upload-store.ts';

/** A read that isn't the owner's: what the edge asks for a visitor, or an unsigned request. */
export interface OriginRead {
  readonly principal: Principal;
  readonly bucket: string;
  /** As sent to the origin: percent-encoded, leading slash, without the bucket. `+` means a space. */
  readonly path: string;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface S3 extends Service {
  /** Answers as S3 answers that principal, errors included, by the bucket's policy. */
  readAs(read: OriginRead): Promise<ServiceResponse>;
  /** The same door for requests without a signature. */
  readonly anonymous: Service;
  /** Of the bucket that this ARN is of, or in. */
  policyOf(arn: string): Policy | undefined;
}

/** S3 with path-style addresses. What a signed request may do has been seen to before it comes here. */
export function createS3(options: { readonly disk: Disk; readonly clock: CloudClock }): S3 {
  const { disk, clock } = options;
  const store = new BucketStore(disk);
  const surroundings: Surroundings = { store, uploads: new UploadStore(disk, store), clock };
  const base = { protocol: 's3', signingNames: ['s3'], renderError: renderS3Error } as const;
  return {
    ...base,
    handle: async (request) => handleSigned(surroundings, request),
    policyOf: (arn) => store.bucket(/^arn:aws:s3:::([^/]+)/.exec(arn)?.[1] ?? '')?.policy,
    readAs: async (read) => {
      try {
        const { pieces, ...answer } = readFor(surroundings, read);
        return pieces === undefined ? answer : { ...answer, body: Buffer.concat([...pieces]) };
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return renderS3Error(error, { requestId: randomUUID() });
      }
    },
    anonymous: {
      ...base,
      async handle({ method, path, headers }) {
        const { bucket } = parseAddress(path);
        if (bucket === '') throw errors.accessDenied();
        const rest = path.slice(bucket.length + 1);
        return readFor(surroundings, {
          principal: 'anonymous',
          bucket,
          path: rest,
          method,
          headers,
        });
      },
    },
  };
}

function handleSigned(surroundings: Surroundings, request: ServiceRequest): ServiceResponse {
  if (request.headers['x-amz-content-sha256'] === undefined) {
    throw errors.invalidRequest('Missing required header for this request: x-amz-content-sha256');
  }
  refuseUnknownHeaders(request.headers);
  const address = parseAddress(request.path);
  const operation = nameOperation(request, address.key);
  if (operation === 'GET /') return listBuckets(surroundings);
  if (operation === 'PUT bucket') return createBucket(surroundings, request);
  const bucket = surroundings.store.bucket(address.bucket);
  if (bucket === undefined) throw errors.noSuchBucket(address.bucket);
  if (operation === 'GET bucket?location') return readBucketLocation(bucket);
  if (bucket.region !== request.region) throw redirect(bucket);
  return address.key === ''
    ? handleBucket(surroundings, { operation, bucket, request })
    : handleObject(surroundings, operation, { ...request, address });
}

function handleBucket(
  surroundings: Surroundings,
  call: { operation: string; bucket: Bucket; request: ServiceRequest },
): ServiceResponse {
  const { operation, bucket, request } = call;
  switch (operation) {
    case 'HEAD bucket':
      return { status: 200, headers: { 'x-amz-bucket-region': bucket.region } };
    case 'GET bucket?list-type':
      return listObjects(surroundings.store, bucket.name, request.query);
    case 'GET bucket?uploads':
      return listUploads(surroundings, bucket.name, request.query);
    case 'POST bucket?delete':
      return deleteObjects(surroundings, bucket, request);
    case 'PUT bucket?policy':
      return putBucketPolicy(surroundings, bucket, request);
    case 'GET bucket?policy':
      return getBucketPolicy(bucket);
    case 'DELETE bucket?policy':
      return deleteBucketPolicy(surroundings, bucket);
    case 'DELETE bucket':
      return deleteBucket(surroundings, bucket);
    default: {
      const answer = handleSetting(surroundings, call);
      if (answer !== undefined) return answer;
      throw errors.notImplemented(`the operation "${operation}"`);
    }
  }
}

function handleObject(
  surroundings: Surroundings,
  operation: string,
  request: ServiceRequest & Parameters<typeof readObject>[1],
): ServiceResponse {
  switch (operation) {
    case 'GET object':
    case 'HEAD object':
      hideMissing(surroundings, request, request.address);
      return readObject(surroundings, request);
    case 'PUT object':
      if (request.headers['x-amz-copy-source'] === undefined) {
        return putObject(surroundings, request);
      }
      hideMissing(surroundings, request, readCopySource(request.headers));
      return copyObject(surroundings, request);
    case 'DELETE object':
      return deleteObject(surroundings, request);
    case 'POST object?uploads':
      return beginUpload(surroundings, request);
    case 'PUT object?partNumber&uploadId':
      return putPart(surroundings, request);
    case 'GET object?uploadId':
      return listParts(surroundings, request);
    case 'POST object?uploadId':
      return completeUpload(surroundings, request);
    case 'DELETE object?uploadId':
      return abortUpload(surroundings, request);
    default:
      throw errors.notImplemented(`the operation "${operation}"`);
  }
}

/** Without the right to list, S3 doesn't tell whether a key exists: 403 where it would say 404. */
function hideMissing(
  { store }: Surroundings,
  { caller }: ServiceRequest,
  { bucket, key }: Address,
): void {
  if (store.object(bucket, key) !== undefined) return;
  const mayList = caller?.may('s3:ListBucket', `arn:aws:s3:::${bucket}`) ?? true;
  if (!mayList) throw errors.accessDenied();
}

const KNOWN_HEADERS =
  /^x-amz-(date|content-sha256|security-token|user-agent|meta-.+|checksum-.+|sdk-checksum-algorithm|trailer|decoded-content-length|copy-source.*|metadata-directive|mp-object-size)$/;

/** Storage classes, encryption, ACLs, tags: nobody should believe that they were set. */
function refuseUnknownHeaders(headers: ServiceRequest['headers']): void {
  const unknown = Object.keys(headers).find(
    (name) => name.startsWith('x-amz-') && !KNOWN_HEADERS.test(name),
  );
  if (unknown !== undefined) throw errors.notImplemented(`the header ${unknown}`);
}

function redirect(bucket: Bucket): ServiceError {
  return new ServiceError(
    301,
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { Bucket: bucket.name, Region: bucket.region },
  );
}

function readFor(surroundings: Surroundings, read: OriginRead): ServiceResponse {
  const { store } = surroundings;
  const { key } = parseAddress(`/${read.bucket}${read.path}`);
  const bucket = store.bucket(read.bucket);
  if (bucket === undefined) throw errors.noSuchBucket(read.bucket);
  if (read.principal === 'anonymous' && isRestricted(bucket)) throw errors.accessDenied();
  const arn = `arn:aws:s3:::${read.bucket}`;
  const may = (action: string, resource: string) =>
    isAllowed(bucket.policy, { principal: read.principal, action, resource });
  const mayList = may('s3:ListBucket', arn);
  if (read.method !== 'GET' && read.method !== 'HEAD') throw errors.accessDenied();
  if (key === '') {
    if (!mayList) throw errors.accessDenied();
    return listObjects(store, read.bucket, new URLSearchParams());
  }
  if (!may('s3:GetObject', `${arn}/${key}`)) throw errors.accessDenied();
  if (store.object(read.bucket, key) === undefined && !mayList) throw errors.accessDenied();
  return readObject(surroundings, {
    method: read.method,
    address: { bucket: read.bucket, key },
    headers: read.headers,
    body: Buffer.alloc(0),
  });
}

/** To a bucket whose policy is public, and whose owner said that this doesn't count. */
function isRestricted(bucket: Bucket): boolean {
  const { policy } = bucket;
  return policy !== undefined && blocksPublic(bucket, 'RestrictPublicBuckets') && isPublic(policy);
}
