import { getProxyForUrl } from 'proxy-from-env';
import { UnansweredError, UsageError } from '../../../core/errors.ts';

/** A proxy, and the variable that names it. */
export interface Proxy {
  readonly url: URL;
  readonly variable: string;
}

/** Where a request is meant to go. */
export interface Place {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/i;
const STANDARD: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * What the environment wants for requests to this place; undefined: no proxy. This machine is never asked
 * for through another one: `headgate up` works wherever HTTP_PROXY is set.
 */
export function findProxy({ protocol, hostname, port }: Place): Proxy | undefined {
  if (findVariable(protocol) === undefined) return undefined;
  const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
  if (LOOPBACK.test(host)) return undefined;
  const at = `${host}:${port ?? STANDARD[protocol] ?? ''}`;
  const proxy = getProxyForUrl(`${protocol}//${at}`) ? readProxy(protocol) : undefined;
  // A request that goes to the proxy itself, because the proxy is what it was rewritten for.
  return proxy && hostOf(proxy) === at ? undefined : proxy;
}

/** `10.0.0.1:3128` alone is plain HTTP, as curl and the AWS CLI read it. */
function readProxy(protocol: string): Proxy | undefined {
  const variable = findVariable(protocol);
  const value = variable && process.env[variable];
  if (!value) return undefined;
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && url.protocol in STANDARD && url.hostname !== '') return { url, variable };
  // The value is not shown: it may hold a password.
  throw new UsageError(
    `${variable} is not the URL of an HTTP proxy.`,
    `Set it to something like http://proxy.example.com:3128 (or https://; SOCKS is not understood), or unset it.`,
  );
}

/** The variable that names a proxy for this protocol, whatever NO_PROXY says. */
export function findVariable(protocol: string): string | undefined {
  return [`${protocol.slice(0, -1)}_proxy`, 'all_proxy']
    .flatMap((name) => [name, name.toUpperCase()])
    .find((name) => process.env[name]);
}

/** What node connects to, and how the proxy knows us. */
export function addressOf({ url }: Proxy) {
  const { hostname, protocol } = url;
  return {
    protocol,
    hostname: hostname.replaceAll(/[[\]]/g, ''),
    port: portOf(url),
    headers: authorize(url),
  };
}

function authorize({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const plain = `${decode(username)}:${decode(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(plain).toString('base64')}` };
}

/** A `%` that begins no code is one, as curl reads it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (STANDARD[protocol] ?? 80);
}

function hostOf({ url }: Proxy): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** `code`: by it both engines, and the SDK, know whether another try is worth it. */
export function unanswered(proxy: Proxy, code: string, cause?: unknown): Error {
  const error = new UnansweredError(
    `The proxy ${hostOf(proxy)}, which ${proxy.variable} names, does not answer (${code}).`,
    `Check ${proxy.variable}; hosts that are reached without it belong into NO_PROXY.`,
    { cause },
  );
  return Object.assign(error, { code });
}

/** The proxy has answered in place of AWS. */
export function refused(proxy: Proxy, status: number): Error {
  const { variable } = proxy;
  if (status === 407)
    return new UsageError(
      `The proxy ${hostOf(proxy)}, which ${variable} names, wants ${proxy.url.username ? 'other ' : ''}credentials (HTTP 407).`,
      `Put them into ${variable}: http://user:password@${hostOf(proxy)}, percent-encoded.`,
    );
  const error = new UnansweredError(
    `The proxy ${hostOf(proxy)}, which ${variable} names, does not connect us to AWS (HTTP ${status}).`,
    `Ask who runs the proxy to allow it; hosts that are reached without it belong into NO_PROXY.`,
  );
  // 502, 503, 504: it could not reach AWS just now, as if the connection had broken.
  return Object.assign(error, status >= 500 && { code: 'ECONNRESET' });
}
