import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { sign } from 'aws4';

/**
 * One signed request to AWS. No SDK: loading one takes longer than all that a cold instance does, and
 * every update of it would be another bundle. Nor `fetch`, whose first call alone takes 50 ms.
 */
export interface AwsCall {
  readonly service: 'ssm' | 'dynamodb' | 's3';
  readonly region: string;
  readonly method: 'GET' | 'POST';
  /** Percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface AwsAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Nobody waits so long; it ends calls that would never end. */
const LIMIT_MILLIS = 4000;
/** Nothing that is read here is larger, and an instance has 128 MB. */
const LIMIT_BYTES = 256 * 1024;

// Kept between events: a new TLS connection may take longer than a navigation can wait.
const http = { request: requestHttp, agent: new HttpAgent({ keepAlive: true }) };
const https = { request: requestHttps, agent: new HttpsAgent({ keepAlive: true }) };

/** Throws at any other encoding: text would be mutilated, and its type would still name that one. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws when there is no whole answer. */
export async function callAws(call: AwsCall): Promise<AwsAnswer> {
  try {
    return await send(call);
  } catch (error) {
    // While an instance is frozen between events, AWS closes its idle connections.
    if (error instanceof StaleConnection) return await send(call);
    throw error;
  }
}

class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

function send({ service, region, method, path, headers, body }: AwsCall): Promise<AwsAnswer> {
  const endpoint = process.env['AWS_ENDPOINT_URL'] ?? `https://${service}.${region}.amazonaws.com`;
  const { protocol, hostname, port } = new URL(endpoint);
  const { request, agent } = protocol === 'http:' ? http : https;
  const signed = sign({
    service,
    region,
    method,
    path,
    hostname,
    headers: { ...headers },
    ...(port === '' ? {} : { port }),
    ...(body === undefined ? {} : { body }),
  });
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname,
      port,
      method,
      agent,
      path: signed.path,
      headers: signed.headers,
      signal: AbortSignal.timeout(LIMIT_MILLIS),
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      const isStale = outgoing.reusedSocket && isClosed;
      reject(isStale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    outgoing.on('response', (incoming) => resolve(receive(incoming)));
    outgoing.end(body);
  });
}

async function receive(incoming: IncomingMessage): Promise<AwsAnswer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > LIMIT_BYTES) throw new Error(`more than ${LIMIT_BYTES} bytes`);
    parts.push(part);
  }
  return {
    status: incoming.statusCode ?? 0,
    type: incoming.headers['content-type'] ?? '',
    body: UTF8.decode(Buffer.concat(parts)),
  };
}

/** An operation of SSM or DynamoDB. Throws, with AWS's own words, unless it succeeded. */
export async function callOperation(
  place: { readonly service: 'ssm' | 'dynamodb'; readonly region: string },
  operation: string,
  input: unknown,
): Promise<unknown> {
  const [target, version] =
    place.service === 'ssm' ? ['AmazonSSM', '1.1'] : ['DynamoDB_20120810', '1.0'];
  const { status, body } = await callAws({
    ...place,
    method: 'POST',
    path: '/',
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': `${target}.${operation}`,
    },
    body: JSON.stringify(input),
  });
  if (status !== 200) throw new Error(`${operation} in ${place.region}: ${status} ${body}`);
  try {
    return JSON.parse(body);
  } catch {
    // Its own message quotes what it read, which may be a key; and it would be in the log.
    throw new Error(`${operation} in ${place.region}: the answer is not JSON`);
  }
}
