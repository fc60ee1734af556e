import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { S3 } from '../s3/s3.ts';
import type { EdgeDistribution, Origin } from './configuration.ts';
import type { Headers } from './time-to-live.ts';

export interface OriginRequest {
  readonly method: string;
  /** Percent-encoded, without the origin path. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What to ask, and whom. */
export interface OriginCall {
  readonly origin: Origin;
  readonly request: OriginRequest;
}

export interface OriginAnswer {
  /** Nothing came from the origin. */
  readonly failure?: 'connection' | 'timeout';
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** `bucket.s3.amazonaws.com` or `bucket.s3.eu-west-1.amazonaws.com`; bucket names may have dots. */
export const S3_DOMAIN = /^(.+)\.s3(?:[.-]([a-z0-9-]+))?\.amazonaws\.com$/;

/** Not for the viewer: they belong to one connection, or to S3's own support desk. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'x-amz-request-id',
  'x-amz-id-2',
]);

/** Asks the origin. One that can't be reached is a 502, one that takes too long a 504. */
export async function fetchOrigin(
  s3: Pick<S3, 'readAs'>,
  distribution: EdgeDistribution,
  { origin, request }: OriginCall,
): Promise<OriginAnswer> {
  if (!S3_DOMAIN.test(origin.domain)) return await fetchCustom(origin, request);
  // S3 takes the bucket from the Host header, which a function at origin-request may have changed,
  // or forgotten to change.
  const { host = origin.domain } = request.headers;
  const bucket = S3_DOMAIN.exec(host)?.[1] ?? host;
  const answer = await s3.readAs({
    principal: origin.isSigned
      ? { service: 'cloudfront.amazonaws.com', sourceArn: distribution.arn }
      : 'anonymous',
    bucket,
    path: origin.path + request.path,
    method: request.method,
    headers: request.headers,
  });
  return {
    status: answer.status,
    headers: keepHeaders(answer.headers ?? {}),
    body: Buffer.from(answer.body ?? ''),
  };
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1', '[::1]']);

async function fetchCustom(origin: Origin, sent: OriginRequest): Promise<OriginAnswer> {
  if (!LOOPBACK.has(origin.domain) && !origin.domain.endsWith('.localhost')) {
    return unreachable(`The local edge asks origins on this machine only, not ${origin.domain}.`);
  }
  return await new Promise((resolve) => {
    const query = sent.query === '' ? '' : `?${sent.query}`;
    const name = sent.headers['host'] ?? origin.domain;
    const outgoing = (origin.protocol === 'https' ? httpsRequest : httpRequest)(
      {
        // Names below localhost may not resolve; they all mean this machine.
        host: LOOPBACK.has(origin.domain) ? origin.domain.replaceAll(/[[\]]/g, '') : 'localhost',
        port: origin.port,
        method: sent.method,
        path: origin.path + sent.path + query,
        headers: { host: origin.domain, ...sent.headers, ...origin.headers },
        // Nobody gives a server on this machine a certificate that anyone trusts.
        rejectUnauthorized: false,
        servername: isIP(name) === 0 ? name : '',
        timeout: origin.readSeconds * 1000,
      },
      (incoming) => {
        buffer(incoming).then(
          (body) =>
            resolve({
              status: incoming.statusCode ?? 502,
              headers: keepHeaders(incoming.headers),
              body,
            }),
          (error: unknown) => resolve(unreachable(String(error))),
        );
      },
    );
    outgoing.on('timeout', () => {
      resolve({ ...textAnswer(504, 'The origin did not answer in time.'), failure: 'timeout' });
      outgoing.destroy();
    });
    outgoing.on('error', (error) => resolve(unreachable(String(error))));
    outgoing.end(sent.body);
  });
}

function unreachable(why: string): OriginAnswer {
  return { ...textAnswer(502, why), failure: 'connection' };
}

function textAnswer(status: number, text: string): OriginAnswer {
  return { status, headers: { 'content-type': 'text/plain' }, body: Buffer.from(`${text}\n`) };
}

function keepHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Headers {
  const kept: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !DROPPED.has(name.toLowerCase())) kept[name.toLowerCase()] = value;
  }
  return kept;
}
