import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { authenticate, authorize, notAccessible } from './authorize.ts';
import { Page, Refusal, type Answer } from './endpoint.ts';
import type { Faults, Planned } from './faults.ts';
import { route, type Routed } from './router.ts';
import type { State } from './state.ts';

/** One request, as tests look at it. */
export interface Asked {
  /** As documented: `POST /repos/{owner}/{repo}/deployments`. */
  readonly route: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
  readonly login: string | undefined;
}

/** What the server counts for everybody; tests look at it. */
export interface Counters {
  readonly asked: Asked[];
  /** Requests that no endpoint answers: tests fail because of them. */
  readonly unknown: string[];
  readonly limit: number;
}

const DOCUMENTATION = 'https://docs.github.com/rest';
const HOUR = 3600;

export interface ServerParts {
  readonly state: State;
  readonly faults: Faults;
  readonly counters: Counters;
  /** Before every path, as Enterprise Server has it: `/api/v3`. */
  readonly prefix: string;
}

export function createGitHubServer(parts: ServerParts) {
  return createServer((request, response) => {
    answer(request, response, parts).catch((error: unknown) => {
      // A mistake in the fake must not look like an answer of GitHub.
      parts.counters.unknown.push(`${request.method} ${request.url}: ${String(error)}`);
      response.destroy();
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ServerParts,
): Promise<void> {
  const { method = '', url = '' } = request;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const raw = await text(request);
  const path = pathname.startsWith(parts.prefix) ? pathname.slice(parts.prefix.length) : undefined;
  const routed = path === undefined ? undefined : route(method, path);
  if (routed === undefined) {
    parts.counters.unknown.push(`${method} ${url}`);
    send(response, new Refusal(404, 'Not Found'), parts);
    return;
  }
  const planned = parts.faults.take(routed.endpoint.route);
  if (planned?.fault === 'hang') return;
  const body = raw === '' ? undefined : (JSON.parse(raw) as unknown);
  const { result, login } = carryOut(routed, { request, body, searchParams, planned }, parts);
  const { status } = result;
  const answered = bodyOf(result);
  const { route: name } = routed.endpoint;
  parts.counters.asked.push({ route: name, path: url, body, status, answer: answered, login });
  if (planned?.fault === 'lost-answer') response.destroy();
  else send(response, result, parts, { url, searchParams });
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly body: unknown;
  readonly searchParams: URLSearchParams;
  readonly planned: Planned | undefined;
}

type Result = Answer | Refusal;

function carryOut(
  { endpoint, params }: Routed,
  { request, body, searchParams, planned }: Incoming,
  { state, counters }: ServerParts,
): { readonly result: Result; readonly login: string | undefined } {
  let login: string | undefined;
  try {
    const token = authenticate(request.headers.authorization, endpoint.needs, state);
    ({ login } = token.identity);
    refuseByFault(planned, endpoint.needs, counters);
    checkRepository(params, state);
    authorize(token, endpoint);
    const accept = request.headers.accept ?? '';
    const call = { state, token, params, query: searchParams, accept };
    return { result: endpoint.handle(call, body), login };
  } catch (error) {
    if (error instanceof Refusal) return { result: error, login };
    throw error;
  }
}

function checkRepository({ owner, repo }: Routed['params'], { repository }: State): void {
  if (owner === undefined) return;
  const isOurs = owner === repository.owner && repo === repository.name;
  if (!isOurs) throw new Refusal(404, 'Not Found');
}

function refuseByFault(
  planned: Planned | undefined,
  needs: readonly string[],
  { limit }: Counters,
): void {
  if (planned?.fault === 'no-scope') throw notAccessible(needs);
  if (planned?.fault === 'bad-gateway') throw new Refusal(502, '<html>502 Bad Gateway</html>');
  if (planned?.fault === 'primary-rate-limit') {
    const reset = Math.ceil(Date.now() / 1000) + (planned.seconds ?? 60);
    throw new Refusal(403, 'API rate limit exceeded for installation ID 1.', {
      headers: {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-used': String(limit),
        'x-ratelimit-reset': String(reset),
      },
    });
  }
  if (planned?.fault === 'secondary-rate-limit') {
    const why = 'Please wait a few minutes before you try again.';
    throw new Refusal(403, `You have exceeded a secondary rate limit. ${why}`, {
      headers: { 'retry-after': String(planned.seconds ?? 1) },
    });
  }
}

function bodyOf(result: Result): unknown {
  if (!(result instanceof Refusal)) {
    return result.body instanceof Page ? result.body.items : result.body;
  }
  const { message, status, errors } = result;
  if (status === 502) return message;
  return {
    message,
    ...(errors && { errors }),
    documentation_url: DOCUMENTATION,
    status: `${status}`,
  };
}

function send(
  response: ServerResponse,
  result: Result,
  { counters, state }: ServerParts,
  asked?: { readonly url: string; readonly searchParams: URLSearchParams },
): void {
  const body = bodyOf(result);
  const used = counters.asked.length;
  const headers: Record<string, string> = {
    'x-github-request-id': `FAKE:${used}`,
    'x-ratelimit-limit': String(counters.limit),
    'x-ratelimit-remaining': String(Math.max(0, counters.limit - used)),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + HOUR),
    'x-ratelimit-resource': 'core',
    ...(result instanceof Refusal ? result.headers : linkHeader(result, asked, state)),
  };
  if (body === undefined) {
    response.writeHead(result.status, headers).end();
    return;
  }
  const isText = typeof body === 'string';
  const type = isText ? 'text/html' : 'application/json; charset=utf-8';
  response.writeHead(result.status, { ...headers, 'content-type': type });
  response.end(isText ? body : JSON.stringify(body));
}

/** `<...?page=2>; rel="next"`: clients must follow it and count nothing themselves. */
function linkHeader(
  { body }: Answer,
  asked: { readonly url: string; readonly searchParams: URLSearchParams } | undefined,
  { links }: State,
): Record<string, string> {
  if (!(body instanceof Page) || asked === undefined || body.last <= 1) return {};
  const { page, last } = body;
  const [path] = asked.url.split('?');
  const to = (number: number, rel: string) => {
    const query = new URLSearchParams(asked.searchParams);
    query.set('page', String(number));
    return `<${new URL(links.api).origin}${path}?${query.toString()}>; rel="${rel}"`;
  };
  const before = page > 1 ? [to(page - 1, 'prev'), to(1, 'first')] : [];
  const after = page < last ? [to(page + 1, 'next'), to(last, 'last')] : [];
  return { link: [...before, ...after].join(', ') };
}
