import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { encodeKey, findTarget } from '../../../../../../controller/adapters/aws/s3/lean/target.ts';

const KEYS = { accessKeyId: 'local', secretAccessKey: 'local' };

function find(config: S3ClientConfig, bucket = 'acme') {
  return findTarget(new S3Client({ region: 'eu-west-1', credentials: KEYS, ...config }), bucket);
}

/** The hosts are as AWS documents them. */
it('is where the SDK would send it', async () => {
  expect(await find({})).toEqual({
    protocol: 'https:',
    hostname: 'acme.s3.eu-west-1.amazonaws.com',
    port: undefined,
    path: '/',
    region: 'eu-west-1',
    service: 's3',
  });
  // A dot in the name would not match AWS's certificate.
  expect(await find({}, 'acme.web')).toMatchObject({
    hostname: 's3.eu-west-1.amazonaws.com',
    path: '/acme.web/',
  });
  expect(await find({ endpoint: 'http://localhost:4566/s3', forcePathStyle: true })).toMatchObject({
    protocol: 'http:',
    hostname: 'localhost',
    port: 4566,
    path: '/s3/acme/',
  });
  expect(await find({ endpoint: 'https://minio.example.com:9000' })).toMatchObject({
    hostname: 'acme.minio.example.com',
    port: 9000,
    path: '/',
  });
  expect(await find({ useDualstackEndpoint: true, useFipsEndpoint: true })).toMatchObject({
    hostname: 'acme.s3-fips.dualstack.eu-west-1.amazonaws.com',
  });
  expect(await find({ region: 'cn-north-1' })).toMatchObject({
    hostname: 'acme.s3.cn-north-1.amazonaws.com.cn',
  });
});

it('is nowhere when only the SDK can sign for it', async () => {
  const access = 'arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap';
  expect(await find({}, access)).toBeUndefined();
});

it('encodes a key as signatures want it', () => {
  expect(encodeKey('a/b-c_d.e~f')).toBe('a/b-c_d.e~f');
  expect(encodeKey("a b+ü/(!)*'%")).toBe('a%20b%2B%C3%BC/%28%21%29%2A%27%25');
});
