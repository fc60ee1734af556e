import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestCloud, type TestCloud } from '../harness.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(async () => {
  await cloud.close();
});

const CODES = {
  s3: {
    key: 'InvalidAccessKeyId',
    signature: 'SignatureDoesNotMatch',
    skew: 'RequestTimeTooSkewed',
    missing: 'AccessDenied',
  },
  ssm: {
    key: 'UnrecognizedClientException',
    signature: 'InvalidSignatureException',
    skew: 'InvalidSignatureException',
    missing: 'MissingAuthenticationTokenException',
  },
  sts: {
    key: 'InvalidClientTokenId',
    signature: 'SignatureDoesNotMatch',
    skew: 'SignatureDoesNotMatch',
    missing: 'MissingAuthenticationToken',
  },
};
type Wire = S3Client['config']['requestHandler'];
type Sent = Parameters<Wire['handle']>[0];
const SERVICES = ['s3', 'ssm', 'sts'] as const;

/** One harmless call; `change` may spoil the signed request just before it is sent. */
function call(
  service: (typeof SERVICES)[number] | 'put',
  config: object,
  change: (request: Sent) => void = () => {},
): Promise<unknown> {
  const wire = new S3Client({}).config.requestHandler;
  const requestHandler: Pick<Wire, 'handle'> = {
    handle(request, options) {
      change(request);
      return wire.handle(request, options);
    },
  };
  const all = { ...cloud.config(), requestHandler, ...config };
  if (service === 'put') {
    return new S3Client(all).send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'bytes' }));
  }
  if (service === 's3') return new S3Client(all).send(new ListBucketsCommand({}));
  if (service === 'sts') return new STSClient(all).send(new GetCallerIdentityCommand({}));
  return new SSMClient(all).send(new GetParameterCommand({ Name: '/absent' }));
}

const credentials = (accessKeyId: string, secretAccessKey: string) => ({
  credentials: { accessKeyId, secretAccessKey },
});

test.each(SERVICES)('%s refuses an unknown key and a wrong secret', async (service) => {
  await expect(call(service, credentials('other', 'local'))).rejects.toMatchObject({
    name: CODES[service].key,
  });
  await expect(call(service, credentials('local', 'other'))).rejects.toMatchObject({
    name: CODES[service].signature,
  });
});

test.each(SERVICES)(
  '%s refuses a clock that is 16 minutes off, not one that is 14',
  async (service) => {
    const offset = (minutes: number) => ({ systemClockOffset: minutes * 60_000 });
    await expect(call(service, offset(16))).rejects.toMatchObject({ name: CODES[service].skew });
    const near = call(service, offset(-14));
    if (service === 'ssm') await expect(near).rejects.toMatchObject({ name: 'ParameterNotFound' });
    else await expect(near).resolves.toBeDefined();
  },
);

test.each(SERVICES)('%s refuses a request without or with half a signature', async (service) => {
  const without = call(service, {}, ({ headers }) => {
    delete headers['authorization'];
  });
  await expect(without).rejects.toMatchObject({ name: CODES[service].missing });
  const half = call(service, {}, ({ headers }) => {
    headers['authorization'] = 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/s3';
  });
  await expect(half).rejects.toMatchObject({
    name: expect.stringMatching(/^(IncompleteSignature|AuthorizationHeaderMalformed)/),
  });
});

test('a signed header that was changed on the way breaks the signature', async () => {
  const tampered = call('s3', {}, ({ headers }) => {
    headers['x-amz-user-agent'] = 'changed';
  });
  await expect(tampered).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});

test('a body that is not the signed one is refused', async () => {
  const spoiled = call('sts', {}, (request) => {
    request.body = String(request.body).replace('GetCallerIdentity', 'GetCallerIdentitY');
  });
  await expect(spoiled).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  const put = call('put', {}, (request) => {
    request.body = 'other';
  });
  await expect(put).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
});
