import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { translateError } from '../../../../controller/adapters/aws/translate-error.ts';
import { ConflictError, HeadgateError, UsageError } from '../../../../controller/core/errors.ts';

const DOING = { action: 'cloudfront:GetDistribution', resource: 'distribution E1' };

function awsError(name: string, status: number, message = 'words of AWS'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

function explain(error: unknown): HeadgateError {
  const translated = translateError(error, DOING);
  if (!(translated instanceof HeadgateError)) throw translated;
  return translated;
}

async function failure(call: Promise<unknown>): Promise<HeadgateError> {
  return explain(
    await call.then(
      () => 'it worked',
      (error: unknown) => error,
    ),
  );
}

async function findNoCredentials(): Promise<never> {
  throw Object.assign(new Error('Could not load'), { name: 'CredentialsProviderError' });
}

describe('what AWS answers', () => {
  it.each([
    ['AccessDenied', 403, /may not do cloudfront:GetDistribution on distribution E1/],
    ['NoSuchDistribution', 404, /no distribution E1/],
    ['EntityNotFound', 404, /no distribution E1/],
    ['NoSuchBucket', 404, /no distribution E1/],
    ['ExpiredTokenException', 400, /expired/],
    ['UnrecognizedClientException', 400, /does not accept the credentials/],
    ['InvalidAccessKeyId', 403, /does not accept the credentials/],
    ['RequestTimeTooSkewed', 403, /clock/],
    ['ThrottlingException', 400, /after several tries: ThrottlingException/],
    ['SlowDown', 503, /after several tries/],
    ['InternalError', 500, /after several tries/],
    ['FunctionSizeLimitExceeded', 413, /over a limit of AWS: words of AWS/],
    ['TooManyFunctions', 400, /over a limit of AWS/],
    ['AuthorizationHeaderMalformed', 400, /wrong region/],
  ])('%s (%i) is a usage error with a next step', (name, status, message) => {
    const error = explain(awsError(name, status));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toMatch(message);
    expect(error.next).not.toBe('');
  });

  it.each([
    ['PreconditionFailed', 412],
    ['InvalidIfMatchVersion', 400],
    ['ConflictException', 409],
    ['ConditionalRequestConflict', 409],
  ])('%s (%i) is a conflict: run it again', (name, status) => {
    const error = explain(awsError(name, status));
    expect(error).toBeInstanceOf(ConflictError);
    expect(error.message).toContain('distribution E1');
  });

  it('names the region a bucket is in', () => {
    const redirect = Object.assign(awsError('PermanentRedirect', 301), {
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    });
    expect(explain(redirect).next).toContain('region: eu-west-1');
  });

  it('never repeats what AWS says about a signature: it quotes session tokens', () => {
    const error = explain(
      awsError('InvalidSignatureException', 403, 'x-amz-security-token:QUOTED'),
    );
    expect(`${error.message} ${error.next} ${String(error.cause)}`).not.toContain('QUOTED');
  });

  it('leaves explained errors and our own bugs as they are', () => {
    const explained = new UsageError('a', 'b');
    const bug = awsError('ValidationException', 400);
    expect(translateError(explained, DOING)).toBe(explained);
    expect(translateError(bug, DOING)).toBe(bug);
    expect(translateError('text', DOING).message).toBe('text');
  });
});

describe('as the SDK throws it', () => {
  let server: Server;
  let endpoint: string;
  const keys = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = { region: 'us-east-1', credentials: keys, maxAttempts: 1 };
  const parameters = new GetParametersCommand({ Names: ['/a'] });

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = request.url ?? '';
      const region = { 'x-amz-bucket-region': 'eu-west-1' };
      if (url.startsWith('/elsewhere')) response.writeHead(301, region).end();
      else if (url.startsWith('/denied')) response.writeHead(403).end();
      else if (!url.startsWith('/silent')) response.end('<html>');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('no credentials', async () => {
    const client = new SSMClient({ ...config, endpoint, credentials: findNoCredentials });
    const error = await failure(client.send(parameters));
    expect(error.message).toBe('There are no AWS credentials.');
  });

  it('no region', async () => {
    for (const name of ['AWS_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    const client = new SSMClient({ credentials: keys, endpoint, maxAttempts: 1 });
    const error = await failure(client.send(parameters));
    vi.unstubAllEnvs();
    expect(error.next).toContain('AWS_REGION');
  });

  it('nothing listens at the endpoint, or its name does not resolve', async () => {
    const refused = new SSMClient({ ...config, endpoint: 'http://127.0.0.1:1' });
    expect((await failure(refused.send(parameters))).message).toContain(
      '127.0.0.1:1 does not answer (ECONNREFUSED)',
    );
    const unresolved = new SSMClient({ ...config, endpoint: 'http://nowhere.invalid' });
    expect((await failure(unresolved.send(parameters))).message).toMatch(
      /nowhere\.invalid does not answer \((ENOTFOUND|EAI_AGAIN)\)/,
    );
  });

  it('the endpoint is no URL, or no AWS', async () => {
    const invalid = new SSMClient({ ...config, endpoint: 'localhost' });
    expect((await failure(invalid.send(parameters))).message).toContain('not a URL');
    const web = new SSMClient({ ...config, endpoint });
    expect((await failure(web.send(parameters))).message).toContain('not one of AWS');
  });

  it('the endpoint says nothing', async () => {
    const silent = { endpoint, forcePathStyle: true, requestHandler: { socketTimeout: 100 } };
    const client = new S3Client({ ...config, ...silent });
    const call = client.send(new GetObjectCommand({ Bucket: 'silent', Key: 'k' }));
    expect((await failure(call)).message).toContain('does not answer (TimeoutError)');
  });

  it('answers without a body, as to HEAD', async () => {
    const client = new S3Client({ ...config, endpoint, forcePathStyle: true });
    const head = (bucket: string) =>
      failure(client.send(new HeadBucketCommand({ Bucket: bucket })));
    expect((await head('denied')).message).toContain('may not do');
    expect((await head('elsewhere')).next).toContain('region: eu-west-1');
  });
});
