import { addressOf, findProxy, refused, unanswered, type Place, type Proxy } from './find-proxy.ts';

/** A request as the SDK's handler and ours send it; a path may be a whole URL. */
export interface PlainRequest extends Place {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The codes of a connection that never was. */
const NOBODY = /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOST|ENET)/;
const WANTS_CREDENTIALS = 407;

/** Over plain HTTP a proxy is asked for the whole URL; what is signed (path, Host) stays as it is. */
export function sendPlain<Request extends PlainRequest>(
  request: Request,
): { readonly request: Request; readonly proxy: Proxy } | undefined {
  const proxy = request.protocol === 'http:' ? findProxy(request) : undefined;
  if (!proxy) return undefined;
  const { headers, ...address } = addressOf(proxy);
  const { hostname, port } = request;
  const path = `http://${hostname}${port === undefined ? '' : `:${port}`}${request.path}`;
  const changes = { ...address, path, headers: { ...request.headers, ...headers } };
  // Its methods, too: the SDK's requests have some.
  const copy = Object.create(Object.getPrototypeOf(request) as object) as Request;
  return { request: Object.assign(copy, request, changes), proxy };
}

/** What a proxy, not AWS, was asked for: its silence and its refusal are told as its own. */
export async function askProxy<Answer>(
  proxy: Proxy,
  send: () => Promise<Answer>,
  statusOf: (answer: Answer) => number,
): Promise<Answer> {
  try {
    const answer = await send();
    if (statusOf(answer) !== WANTS_CREDENTIALS) return answer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw NOBODY.test(code) ? unanswered(proxy, code, error) : error;
  }
  throw refused(proxy, WANTS_CREDENTIALS);
}

/** The SDK's handler of requests, as far as it matters here. */
interface Handler {
  handle(
    request: PlainRequest,
    ...rest: readonly unknown[]
  ): Promise<{ readonly response: { readonly statusCode: number } }>;
}

/** For a client's `extensions`. Each client has a handler of its own. */
export const PLAIN_PROXY = {
  configure(client: { httpHandler(): Handler }): void {
    const handler = client.httpHandler();
    const handle = handler.handle.bind(handler);
    handler.handle = async (request, ...rest) => {
      const sent = sendPlain(request);
      if (!sent) return handle(request, ...rest);
      return askProxy(
        sent.proxy,
        () => handle(sent.request, ...rest),
        ({ response }) => response.statusCode,
      );
    };
  },
};
