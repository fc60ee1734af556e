import type { XmlElement } from '../cloudfront/xml.ts';
import { childOf, textOf, textsOf } from '../cloudfront/xml.ts';
import { valuesOf, type EventRequest, type Fields } from '../function-runtime/event.ts';

/** What a cache policy puts into the cache key and sends to the origin, and how long things stay. */
export interface CachePolicy {
  readonly minimumSeconds: number;
  readonly defaultSeconds: number;
  readonly maximumSeconds: number;
  readonly encodings: readonly string[];
  readonly headers: Selection;
  readonly cookies: Selection;
  readonly queries: Selection;
}

type Selection = (name: string) => boolean;

const DAY = 86_400;
const YEAR = 365 * DAY;

export function readCachePolicy(config: XmlElement): CachePolicy {
  const minimumSeconds = Number(textOf(config, 'MinTTL'));
  const defaultSeconds = Number(textOf(config, 'DefaultTTL') ?? Math.max(DAY, minimumSeconds));
  const maximumSeconds = Number(textOf(config, 'MaxTTL') ?? Math.max(YEAR, defaultSeconds));
  const parameters = childOf(config, 'ParametersInCacheKeyAndForwardedToOrigin');
  const isOn = (name: string) => textOf(parameters, name) === 'true';
  return {
    minimumSeconds,
    defaultSeconds,
    maximumSeconds,
    encodings: [
      ...(isOn('EnableAcceptEncodingBrotli') ? ['br'] : []),
      ...(isOn('EnableAcceptEncodingGzip') ? ['gzip'] : []),
    ],
    headers: readSelection(parameters, ['Header', 'Headers']),
    cookies: readSelection(parameters, ['Cookie', 'Cookies']),
    queries: readSelection(parameters, ['QueryString', 'QueryStrings']),
  };
}

function readSelection(parameters: XmlElement, [one, many]: readonly [string, string]): Selection {
  const config = childOf(parameters, `${many}Config`);
  const behaviour = textOf(config, `${one}Behavior`) ?? 'none';
  const fold = (name: string) => (one === 'Header' ? name.toLowerCase() : name);
  const names = new Set(textsOf(childOf(config, many), 'Name').map(fold));
  if (behaviour === 'all') return () => true;
  if (behaviour === 'allExcept') return (name) => !names.has(name);
  if (behaviour === 'whitelist') return (name) => names.has(name);
  return () => false;
}

/** The part of a viewer's request that the origin gets and the cache key holds. */
export interface Forwarded {
  readonly query: string;
  /** Lower-case names; cookies are one header. */
  readonly headers: Readonly<Record<string, string>>;
}

export function selectForwarded(policy: CachePolicy, request: EventRequest): Forwarded {
  const headers: Record<string, string> = {};
  for (const [name, field] of Object.entries(request.headers)) {
    if (policy.headers(name)) headers[name] = valuesOf(field).join(',');
  }
  const cookies = pairsOf(request.cookies, policy.cookies).join('; ');
  if (cookies !== '') headers['cookie'] = cookies;
  const accepted = request.headers['accept-encoding']?.value ?? '';
  const encodings = policy.encodings.filter((name) => accepted.includes(name));
  if (encodings.length > 0) headers['accept-encoding'] = encodings.join(',');
  return { query: pairsOf(request.querystring, policy.queries).join('&'), headers };
}

/** Of one connection, or the distribution's own: no origin gets the viewer's. */
const OWN = new Set(['host', 'content-length', 'transfer-encoding', 'te']);
const everything = () => true;

/** All that the viewer sent, as the functions left it, but for the host. */
export function forwardAll(request: EventRequest): Forwarded {
  const named = Object.entries(request.headers).filter(([name]) => !OWN.has(name));
  const cookies = pairsOf(request.cookies, everything).join('; ');
  return {
    query: pairsOf(request.querystring, everything).join('&'),
    headers: {
      ...Object.fromEntries(named.map(([name, field]) => [name, valuesOf(field).join(',')])),
      ...(cookies === '' ? {} : { cookie: cookies }),
    },
  };
}

function pairsOf(fields: Fields, isSelected: Selection): readonly string[] {
  return Object.entries(fields)
    .filter(([name]) => isSelected(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, field]) => valuesOf(field).map((value) => `${name}=${value}`));
}

/** Two requests with the same key get the same object. */
export function composeKey(space: string, uri: string, forwarded: Forwarded): string {
  const headers = Object.entries(forwarded.headers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([space, uri, forwarded.query, headers]);
}
