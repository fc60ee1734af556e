import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import {
  ServiceError,
  type CloudClock,
  type Service,
  type ServiceRequest,
  type ServiceResponse,
} from '../service.ts';
import { parseAuthorization, refuse, type Credential } from './authorization.ts';
import { ADMINISTRATOR_ONLY, type Guard } from './guard.ts';
import { listen } from './listen.ts';
import { openPayload } from './payload.ts';
import { checkSignature, type RawRequest } from './signature.ts';

export interface ServerOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly clock: CloudClock;
  readonly services: readonly Service[];
  /** Default: it knows the administrator, and nobody else. */
  readonly guard?: Guard;
  /** Answers reads that carry no signature. */
  readonly anonymous: Service;
  readonly log: (line: string) => void;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** One door for all services: authenticates, routes by signing name, writes the answer. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  return await listen(options.port, () => createOne(options));
}

function createOne(options: ServerOptions): Server {
  return createServer((incoming, outgoing) => {
    void serve(options, incoming, outgoing);
  });
}

async function serve(
  options: ServerOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const started = performance.now();
  let answer: ServiceResponse;
  try {
    answer = await respond(options, incoming);
  } catch (error) {
    // The request itself is broken (cut off, or not decodable): no service has seen it.
    options.log(`unreadable request: ${describe(error)}`);
    answer = { status: 400 };
  }
  try {
    await writeAnswer(incoming, outgoing, answer);
  } catch (error) {
    // Who asked hung up before the last piece.
    options.log(`unfinished answer: ${describe(error)}`);
  }
  const took = Math.round(performance.now() - started);
  options.log(`${incoming.method} ${incoming.url} ${answer.status} ${took}ms`);
}

async function respond(
  options: ServerOptions,
  incoming: IncomingMessage,
): Promise<ServiceResponse> {
  const raw = await readRequest(incoming);
  const authorization = parseAuthorization(raw.headers);
  const request: ServiceRequest = {
    method: raw.method,
    path: raw.path,
    query: new URLSearchParams(raw.rawQuery.replaceAll('+', '%2B')),
    headers: raw.headers,
    body: raw.body,
    region: authorization?.region ?? '',
    requestId: randomUUID(),
  };
  const name = authorization?.service ?? guessService(raw);
  const service =
    name === undefined
      ? options.anonymous
      : options.services.find(({ signingNames }) => signingNames.includes(name));
  if (service === undefined) return unknownService(name ?? '');
  try {
    // Nobody's request is S3's alone, and the bucket's policy answers it.
    const isPublic = service === options.anonymous;
    const credential = isPublic ? undefined : authenticate(options, service, raw);
    const payload = openPayload(raw.headers, raw.body);
    const opened = { ...request, ...payload };
    const signingName = name ?? '';
    const asked = { credential, signingName, service, request: opened };
    const { guard = ADMINISTRATOR_ONLY } = options;
    const caller = isPublic ? undefined : guard.admit(asked);
    return identified(request, await service.handle({ ...opened, caller }));
  } catch (error) {
    if (!(error instanceof ServiceError)) options.log(`internal failure: ${describe(error)}`);
    return identified(request, service.renderError(toServiceError(error), request));
  }
}

function authenticate(
  { guard = ADMINISTRATOR_ONLY, clock }: ServerOptions,
  service: Service,
  raw: RawRequest,
): Credential | undefined {
  const protocol = service.protocol ?? 'rest-xml';
  const authorization = parseAuthorization(raw.headers);
  if (authorization === undefined) {
    const isMissing = raw.headers['authorization'] === undefined;
    if (isMissing && service.isUnsigned?.(raw.body) === true) return undefined;
    throw refuse(isMissing ? 'missing' : 'malformed', protocol);
  }
  const credential = guard.findCredential(authorization.accessKey);
  if (credential === undefined) throw refuse('unknown-key', protocol);
  const refusal = checkSignature(authorization, raw, { credential, now: clock.now() });
  if (refusal !== undefined) throw refuse(refusal, protocol);
  return credential;
}

/** Without a signature nothing names the service: tell it by its protocol, so that the refusal is in its words. */
function guessService({ method, path, headers }: RawRequest): string | undefined {
  if (headers['x-amz-target'] !== undefined) return 'ssm';
  if (path.startsWith('/2020-05-31/')) return 'cloudfront';
  if (path.startsWith('/key-value-stores/')) return 'cloudfront-keyvaluestore';
  if (method === 'POST' && path === '/') return 'sts';
  // Only an unsigned read may be meant for the public.
  const read = method === 'GET' || method === 'HEAD';
  return read && headers['authorization'] === undefined ? undefined : 's3';
}

async function readRequest(incoming: IncomingMessage): Promise<RawRequest> {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(',') : (value ?? '');
  }
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    rawQuery: mark < 0 ? '' : url.slice(mark + 1),
    headers,
    body: await buffer(incoming),
  };
}

function unknownService(name: string): ServiceResponse {
  return {
    status: 501,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      __type: 'NotImplemented',
      message: `The local cloud has no service with the signing name "${name}".`,
    }),
  };
}

function identified(request: ServiceRequest, answer: ServiceResponse): ServiceResponse {
  const headers = {
    'x-amz-request-id': request.requestId,
    'x-amzn-requestid': request.requestId,
    ...answer.headers,
  };
  return { ...answer, headers };
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  return new ServiceError(500, 'InternalError', 'The local cloud failed; its log says where.');
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function writeAnswer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: ServiceResponse,
): Promise<void> {
  if (answer.pieces !== undefined && incoming.method !== 'HEAD') {
    outgoing.writeHead(answer.status, answer.headers);
    await pipeline(Readable.from(answer.pieces), outgoing);
    return;
  }
  const body = Buffer.from(answer.body ?? '');
  const bodiless = incoming.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  outgoing.writeHead(answer.status, {
    ...(bodiless ? {} : { 'content-length': String(body.length) }),
    ...answer.headers,
  });
  outgoing.end(bodiless ? undefined : body);
}
