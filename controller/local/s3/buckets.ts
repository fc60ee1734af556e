import { XMLParser } from 'fast-xml-parser';
import { ACCOUNT_ID, ServiceError, type ServiceRequest, type ServiceResponse } from '../service.ts';
import { parseAddress } from './address.ts';
import { blocksPublic } from './bucket-settings.ts';
import type { Bucket } from './bucket-store.ts';
import { verifyChecksums } from './checksums.ts';
import { errors } from './errors.ts';
import type { Surroundings } from './objects.ts';
import { parsePolicy } from './policy.ts';
import { isPublic } from './public-policy.ts';
import { renderS3Xml } from './render.ts';

const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const MAX_DELETED_KEYS = 1000;

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  isArray: (name) => name === 'Object',
});

export function createBucket(
  { store, clock }: Surroundings,
  request: ServiceRequest,
): ServiceResponse {
  const { bucket: name } = parseAddress(request.path);
  if (!NAME.test(name) || name.includes('..')) {
    throw new ServiceError(400, 'InvalidBucketName', 'The specified bucket is not valid.', {
      BucketName: name,
    });
  }
  checkLocation(readLocation(request.body), request.region);
  const existing = store.bucket(name);
  // In us-east-1 alone creating one's own bucket again succeeds, for old times' sake.
  if (
    existing !== undefined &&
    !(existing.region === 'us-east-1' && request.region === 'us-east-1')
  ) {
    throw new ServiceError(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: name },
    );
  }
  if (existing === undefined) {
    store.saveBucket({ name, region: request.region, created: clock.now().toISOString() });
  }
  return { status: 200, headers: { location: `/${name}` } };
}

export function deleteBucket({ store }: Surroundings, bucket: Bucket): ServiceResponse {
  if (store.keys(bucket.name).length > 0) {
    const message = 'The bucket you tried to delete is not empty';
    throw new ServiceError(409, 'BucketNotEmpty', message, { BucketName: bucket.name });
  }
  store.removeBucket(bucket.name);
  return { status: 204 };
}

export function listBuckets({ store }: Surroundings): ServiceResponse {
  return renderS3Xml('ListAllMyBucketsResult', {
    Buckets: {
      Bucket: store.buckets().map(({ name, created, region }) => ({
        Name: name,
        CreationDate: created,
        BucketRegion: region,
      })),
    },
    Owner: { ID: ACCOUNT_ID },
  });
}

/** us-east-1 has no name here. */
export function readBucketLocation(bucket: Bucket): ServiceResponse {
  const region = bucket.region === 'us-east-1' ? '' : bucket.region;
  const answer = renderS3Xml('LocationConstraint', {});
  return { ...answer, body: String(answer.body).replace('></', `>${region}</`) };
}

export function putBucketPolicy(
  { store }: Surroundings,
  bucket: Bucket,
  request: ServiceRequest,
): ServiceResponse {
  verifyChecksums(request.headers, request.body);
  const policy = parsePolicy(request.body.toString('utf8'), bucket.name);
  if (blocksPublic(bucket, 'BlockPublicPolicy') && isPublic(policy)) throw errors.accessDenied();
  store.saveBucket({ ...bucket, policy });
  return { status: 204 };
}

export function getBucketPolicy(bucket: Bucket): ServiceResponse {
  if (bucket.policy === undefined) {
    throw new ServiceError(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist', {
      BucketName: bucket.name,
    });
  }
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(bucket.policy) };
}

export function deleteBucketPolicy({ store }: Surroundings, bucket: Bucket): ServiceResponse {
  const { policy: _, ...rest } = bucket;
  store.saveBucket(rest);
  return { status: 204 };
}

/** DeleteObjects. */
export function deleteObjects(
  { store }: Surroundings,
  bucket: Bucket,
  { headers, body, caller }: ServiceRequest,
): ServiceResponse {
  const checked = verifyChecksums(headers, body);
  if (Object.keys(checked).length === 0 && headers['content-md5'] === undefined) {
    throw errors.invalidRequest(
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  }
  const { Delete: written } = parseXml(body) as {
    Delete?: { Quiet?: string; Object?: readonly { Key?: string; ETag?: string }[] };
  };
  const objects = written?.Object ?? [];
  if (objects.length === 0 || objects.length > MAX_DELETED_KEYS) throw errors.malformedXml();
  const keys = objects.map(({ Key, ETag }) => {
    if (Key === undefined) throw errors.malformedXml();
    if (ETag !== undefined) throw errors.notImplemented('conditions in DeleteObjects');
    return Key;
  });
  // Each key is a question of its own, and the others go all the same.
  const may = (key: string) =>
    caller?.may('s3:DeleteObject', `arn:aws:s3:::${bucket.name}/${key}`) ?? true;
  const allowed = new Set(keys.filter(may));
  for (const key of allowed) store.removeObject(bucket.name, key);
  const quiet = written?.Quiet === 'true';
  const refused = keys.filter((key) => !allowed.has(key));
  return renderS3Xml('DeleteResult', {
    Deleted: quiet ? [] : keys.filter((key) => allowed.has(key)).map((Key) => ({ Key })),
    Error: refused.map((Key) => ({ Key, Code: 'AccessDenied', Message: 'Access Denied' })),
  });
}

function readLocation(body: Buffer): string | undefined {
  if (body.length === 0) return undefined;
  const { CreateBucketConfiguration: written } = parseXml(body) as {
    CreateBucketConfiguration?: { LocationConstraint?: string };
  };
  return written?.LocationConstraint;
}

function checkLocation(location: string | undefined, region: string): void {
  if (location === 'us-east-1') {
    throw new ServiceError(
      400,
      'InvalidLocationConstraint',
      'The specified location-constraint is not valid',
    );
  }
  if ((location ?? 'us-east-1') === region) return;
  throw new ServiceError(
    400,
    'IllegalLocationConstraintException',
    `The ${location ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

function parseXml(body: Buffer): unknown {
  try {
    return parser.parse(body, true);
  } catch (error) {
    if (error instanceof Error) throw errors.malformedXml();
    throw error;
  }
}
