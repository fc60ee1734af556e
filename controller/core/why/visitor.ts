import type { Fields } from '../../../edge/core/fields.ts';
import { SLOT_COOKIE } from '../../../edge/core/cookies.ts';
import { SLOTS } from '../../../edge/contract/visitor-line.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';

/** A visitor as the command line describes them. */
export interface Described {
  /** With a query, if there is one. */
  readonly path: string;
  readonly slot: string | undefined;
  /** `name=value` each. */
  readonly cookies: readonly string[];
  /** `name: value` or `name=value` each. */
  readonly headers: readonly string[];
  readonly country: string | undefined;
  readonly ip: string | undefined;
}

/** What is wrong with it, and a value that would do. */
export interface Misdescribed {
  readonly problem: string;
  readonly example: string;
}

/** The request that this visitor sends, as the edge reads it. */
export function composeVisitor(described: Described, now: Date): Visitor | Misdescribed {
  const { path, slot, country, ip = '' } = described;
  const cookies = readPairs(described.cookies, /^([^\s=;,]+)=([^;]*)$/);
  if (cookies === undefined) {
    return { problem: 'a cookie is name=value', example: '--cookie staff=1' };
  }
  const headers = readPairs(described.headers, /^([^\s:=]+)\s*[:=]\s*(.*)$/);
  if (headers === undefined) {
    return { problem: 'a header is name=value', example: '--header user-agent=Googlebot' };
  }
  if (!path.startsWith('/')) return { problem: 'a path starts with /', example: '--path /cart' };
  if (slot !== undefined && !isSlot(slot)) {
    const problem = `a slot is a whole number from 0 to ${SLOTS - 1}, as in the cookie ${SLOT_COOKIE}`;
    return { problem, example: '--slot 524288' };
  }
  const [bare = '/', ...query] = path.split('?');
  return {
    path: bare,
    query: query.join('?'),
    cookies: { ...toFields(cookies), ...(slot !== undefined && toFields([[SLOT_COOKIE, slot]])) },
    headers: {
      ...guessHeaders(bare),
      ...(country !== undefined && toFields([['cloudfront-viewer-country', country]])),
      ...toFields(headers.map(([name, value]) => [name.toLowerCase(), value])),
    },
    ip,
    id: '',
    now: Math.floor(now.getTime() / 1000),
    method: 'GET',
  };
}

function isSlot(text: string): boolean {
  return /^(0|[1-9]\d*)$/.test(text) && Number(text) < SLOTS;
}

/** What a browser sends with a link to this path: a page, unless it looks like a file of one. */
function guessHeaders(path: string): Fields {
  const isFile = /\.(?!html?$)\d*[A-Za-z]\w*$/.test(path) || path.startsWith('/_headgate/');
  return toFields(
    isFile
      ? [
          ['sec-fetch-mode', 'no-cors'],
          ['accept', '*/*'],
        ]
      : [
          ['sec-fetch-mode', 'navigate'],
          ['sec-fetch-dest', 'document'],
          ['accept', 'text/html'],
        ],
  );
}

type Pair = readonly [name: string, value: string];

function readPairs(written: readonly string[], pattern: RegExp): readonly Pair[] | undefined {
  const pairs = written.flatMap((text): readonly Pair[] => {
    const [, name, value] = pattern.exec(text) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return pairs.length === written.length ? pairs : undefined;
}

function toFields(pairs: readonly Pair[]): Fields {
  return Object.fromEntries(pairs.map(([name, value]) => [name, { value }]));
}
