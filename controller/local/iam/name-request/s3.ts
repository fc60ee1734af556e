import { parseAddress, type Address } from '../../s3/address.ts';
import { nameOperation } from '../../s3/name-operation.ts';
import type { ServiceRequest } from '../../service.ts';
import {
  contextOf,
  permission,
  type Context,
  type NamedRequest,
  type Permission,
} from './permission.ts';

type Need = (address: Address, request: ServiceRequest) => readonly Permission[];

/** By S3's own naming of what a method, an address and a query mean. */
const NEEDS: Readonly<Record<string, readonly [operation: string, need: Need]>> = {
  'GET /': ['ListBuckets', () => [permission('s3:ListAllMyBuckets', '*')]],
  'PUT bucket': ['CreateBucket', onBucket('CreateBucket')],
  'DELETE bucket': ['DeleteBucket', onBucket('DeleteBucket')],
  'HEAD bucket': ['HeadBucket', onBucket('ListBucket')],
  'GET bucket?list-type': ['ListObjectsV2', list('ListBucket')],
  'GET bucket?uploads': ['ListMultipartUploads', list('ListBucketMultipartUploads')],
  'POST bucket?delete': ['DeleteObjects', () => []],
  'GET bucket?location': ['GetBucketLocation', onBucket('GetBucketLocation')],
  'GET bucket?policy': ['GetBucketPolicy', onBucket('GetBucketPolicy')],
  'PUT bucket?policy': ['PutBucketPolicy', onBucket('PutBucketPolicy')],
  'DELETE bucket?policy': ['DeleteBucketPolicy', onBucket('DeleteBucketPolicy')],
  ...setting('publicAccessBlock', 'PublicAccessBlock', 'BucketPublicAccessBlock'),
  ...setting('lifecycle', 'BucketLifecycleConfiguration', 'LifecycleConfiguration'),
  ...setting('encryption', 'BucketEncryption', 'EncryptionConfiguration'),
  ...setting('ownershipControls', 'BucketOwnershipControls', 'BucketOwnershipControls'),
  ...setting('versioning', 'BucketVersioning', 'BucketVersioning'),
  ...setting('tagging', 'BucketTagging', 'BucketTagging'),
  'GET object': ['GetObject', onObject('GetObject')],
  'HEAD object': ['HeadObject', onObject('GetObject')],
  'PUT object': ['PutObject', write('true')],
  'DELETE object': ['DeleteObject', remove],
  'POST object?uploads': ['CreateMultipartUpload', write('false')],
  'PUT object?partNumber&uploadId': ['UploadPart', write('false')],
  'POST object?uploadId': ['CompleteMultipartUpload', write('true')],
  'GET object?uploadId': ['ListParts', onObject('ListMultipartUploadParts')],
  'DELETE object?uploadId': ['AbortMultipartUpload', onObject('AbortMultipartUpload')],
};

/** What a request to S3 needs. DeleteObjects answers for each key by itself, so S3 asks for them. */
export function nameS3(request: ServiceRequest): NamedRequest | undefined {
  const address = parseAddress(request.path);
  const [operation, need] = NEEDS[nameOperation(request, address.key)] ?? [];
  if (operation === undefined || need === undefined) return undefined;
  const source = request.headers['x-amz-copy-source'];
  if (source === undefined || operation !== 'PutObject') {
    return { operation, permissions: need(address, request) };
  }
  const from = parseAddress(`/${source.replace(/\?.*/, '').replace(/^(\/|%2F)/i, '')}`);
  const read = permission('s3:GetObject', objectArn(from));
  return { operation: 'CopyObject', permissions: [read, ...need(address, request)] };
}

function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

function objectArn({ bucket, key }: Address): string {
  return `${bucketArn(bucket)}/${key}`;
}

function onBucket(action: string): Need {
  return ({ bucket }) => [permission(`s3:${action}`, bucketArn(bucket))];
}

/** Operation and action differ, and removing a setting needs what putting it needs. */
function setting(parameter: string, operation: string, action: string) {
  const put = onBucket(`Put${action}`);
  return {
    [`GET bucket?${parameter}`]: [`Get${operation}`, onBucket(`Get${action}`)],
    [`PUT bucket?${parameter}`]: [`Put${operation}`, put],
    [`DELETE bucket?${parameter}`]: [`Delete${operation}`, put],
  } as const;
}

function list(action: string): Need {
  return ({ bucket }, { query }) => {
    const context = contextOf({
      's3:prefix': query.get('prefix') ?? undefined,
      's3:delimiter': query.get('delimiter') ?? undefined,
      's3:max-keys': query.get('max-keys') ?? undefined,
    });
    return [permission(`s3:${action}`, bucketArn(bucket), context)];
  };
}

function onObject(action: string): Need {
  return (address) => [permission(`s3:${action}`, objectArn(address))];
}

/** Whether the request itself makes the object: the parts of an upload do not. */
function write(creates: 'true' | 'false'): Need {
  return (address, request) => [
    permission('s3:PutObject', objectArn(address), {
      ...conditionsOf(request),
      's3:ObjectCreationOperation': creates,
    }),
  ];
}

/** Who deletes only a certain version of an object learns something about it. */
function remove(address: Address, request: ServiceRequest): readonly Permission[] {
  const permissions = [permission('s3:DeleteObject', objectArn(address), conditionsOf(request))];
  const { 'if-match': tag } = request.headers;
  if (tag === undefined || tag === '*') return permissions;
  return [...permissions, permission('s3:GetObject', objectArn(address))];
}

function conditionsOf({ headers }: ServiceRequest): Context {
  return contextOf({
    's3:if-none-match': headers['if-none-match'],
    's3:if-match': headers['if-match'],
    's3:x-amz-copy-source': headers['x-amz-copy-source'],
    's3:x-amz-metadata-directive': headers['x-amz-metadata-directive'],
  });
}
