import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Route } from '../../../edge/contract/route.ts';
import { parseVisitorLine, SLOTS } from '../../../edge/contract/visitor-line.ts';
import type { Arm } from '../../../edge/contract/visitor-line.ts';
import { decide } from '../../../edge/core/decide.ts';
import type { Served } from '../../../edge/core/decide.ts';
import type { Field } from '../../../edge/core/fields.ts';
import { markGate } from '../../../edge/core/mark-gate.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';
import { full } from '../../depth.ts';
import { assigning } from '../../vectors/assignment.ts';
import { route } from '../../vectors/edge.ts';
import { gate } from '../../vectors/gate.ts';
import { keys, NOW, OLDER_PREVIEW, PREVIEW, sign } from '../../vectors/tokens.ts';

/** Routes that use any of the features at once, and visitors with cookies of all of them. */

const ref = (build: string) => [build, ''] as const;
const ORIGINS = { green: 'https://green.example.com/v2', blue: 'blue-app' };

/** Some thousands, met again and again. */
const composed = new Map<string, Route>();

const routes: fc.Arbitrary<Route> = fc
  .record({
    from: fc.constantFrom(route, assigning),
    spa: fc.constantFrom(0 as const, 1 as const),
    preview: fc.constantFrom('open' as const, 'signed' as const, 'off' as const),
    open: fc.constantFrom(0 as const, 1 as const),
    rate: fc.constantFrom(0, 5000, 10_000),
    stable: fc.constantFrom('1042', 'green', 'blue'),
    uses: fc.subarray(['gate', 'origins', 'untrusted', 'adopted', 'deep', 'beacon'] as const),
  })
  .map((drawn) => {
    const { from, spa, preview, open, rate, stable, uses } = drawn;
    const key = `${from === route} ${spa} ${preview} ${open} ${rate} ${stable} ${uses.join()}`;
    const known = composed.get(key) ?? composeRoute(drawn);
    composed.set(key, known);
    return known;
  });

interface Drawn {
  readonly from: Route;
  readonly spa: 0 | 1;
  readonly preview: Route['preview'];
  readonly open: 0 | 1;
  readonly rate: number;
  readonly stable: string;
  readonly uses: readonly ('gate' | 'origins' | 'untrusted' | 'adopted' | 'deep' | 'beacon')[];
}

function composeRoute({ from, spa, preview, open, rate, stable, uses }: Drawn): Route {
  const has = (use: Drawn['uses'][number]) => uses.includes(use);
  return {
    ...from,
    spa,
    preview,
    ...(has('gate') && { gate: { ...gate, open, rate, until: NOW + 9 } }),
    ...(has('origins') && { origins: ORIGINS, stable: ref(stable), kept: [ref('blue')] }),
    ...(has('untrusted') && { untrusted: 1 as const }),
    ...(has('adopted') && { cookies: ['Build-Number', 'Override'] as const, root: '/' }),
    ...(has('deep') && { root: '/apps/' }),
    ...(has('beacon') && { beacon: 1 as const }),
  };
}

const token = (kind: 'p' | 'v' | 's', ...fields: readonly string[]) =>
  sign({ kind, fields, expiry: NOW + 60 });

/** Tokens that count, or nearly. */
const TOKENS = [
  PREVIEW,
  OLDER_PREVIEW,
  token('p', 'pr-7'),
  token('p', '..'),
  token('p', 'green'),
  token('p', '666'),
  token('v', '3', 'ada'),
  token('v', '', 'ada'),
  token('s', '5', String(NOW - 9)),
  token('s', '-1', 'x'),
  token('s', '5', String(NOW - 9)).replace(/.$/, '!'),
  '1~p~k2~~~',
];
/** So that enough of them lead somewhere. */
const starts = fc.constantFrom('', '', 'shop/', 'shop/cart', 'assets/');
const pieces = fc.constantFrom(
  ...Array.from({ length: 25 }, () => '/a'),
  ...'/ // . .. %2e %2E%2e %2f %5c \\ %00 % %25 %c0%af %252f + a B.js ; @ ? # é \n'.split(' '),
  ...'shop Shop %73hop public cart .headgate _headgate/b/1042 _headgate/b/green pages'.split(' '),
  ...'assets untrusted/builds/pr-7 settings.json builds/1042 _headgate/build'.split(' '),
);
const KNOWN = [...TOKENS, ...' 1042 1043 666 pr-7 pr-/.. ../1 green blue off'.split(' ')];
/** One number is drawn for each text and not one per letter: a million runs need ten million of them. */
const texts = fc.nat().map((drawn) => {
  if (drawn % 3 > 0) return KNOWN[drawn % KNOWN.length] ?? '';
  const codes: number[] = [];
  for (let left = drawn; codes.length < drawn % 13; left = (left * 48_271) % 2_147_483_647)
    codes.push(32 + (left % 95));
  return String.fromCharCode(...codes);
});
const field = (values: fc.Arbitrary<string>) => values.map((value): Field => ({ value }));
const COOKIES = 'hg_slot hg_build hg_preview hg_session hg_priority __Host-hg_admit'.split(' ');
const slots = fc.oneof(fc.nat(SLOTS).map(String), texts);
const cookies = fc.record(
  Object.fromEntries(
    [...COOKIES, 'Build-Number', 'Override', 'staff'].map((name) => [
      name,
      field(name === 'hg_slot' ? slots : texts),
    ]),
  ),
  { requiredKeys: [] },
);
const headers = fc.record(
  {
    'sec-fetch-mode': field(fc.constantFrom('navigate', 'navigate', 'cors', '')),
    accept: field(fc.constantFrom('text/html', '*/*')),
    'x-probe': field(fc.constantFrom('', '1')),
    'x-requested-with': field(fc.constantFrom('XMLHttpRequest', 'com.example')),
  },
  { requiredKeys: [] },
);
const anyone: fc.Arbitrary<Visitor & { readonly lost: boolean }> = fc.record({
  path: fc
    .tuple(starts, fc.array(pieces, { maxLength: 8 }))
    .map(([start, parts]) => `/${start}${parts.join('')}`),
  query: fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: texts.map((text) => `a=1&override_build_number=${text}`) },
  ),
  headers,
  cookies,
  ip: fc.constantFrom('192.0.2.1', '2001:db8::1', ''),
  id: texts,
  now: fc.constantFrom(NOW, NOW + 59, NOW + 60, 0),
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'x'),
  lost: fc.boolean(),
});
/** Of a page that may be this visitor's. */
const reporters = fc
  .record({
    one: anyone,
    slot: fc.nat(SLOTS - 1),
    page: fc.constantFrom('1042', '1043'),
    query: fc.constantFrom('k=e', 'k=o', 'k=n', 'k=', 'k', '%', 'k=\n'),
  })
  .map(({ one, slot, page, query }) => ({
    ...one,
    path: '/_headgate/errors',
    query,
    cookies: { ...one.cookies, hg_slot: { value: `${slot}` }, hg_build: { value: page } },
  }));
const visitors = fc.oneof({ weight: 9, arbitrary: anyone }, { weight: 1, arbitrary: reporters });

/** As the handlers do: first without keys, then with them if they can be had. */
function decideAsHandler(given: Route, { lost, ...seen }: Visitor & { readonly lost: boolean }) {
  const own = { ...keys, ring: undefined, wanted: false };
  const visitor: Visitor = { ...seen, keys: own };
  const first = decide(given, visitor);
  if (!own.wanted) return { decision: first, told: visitor.told, line: visitor.line };
  visitor.keys = Object.assign(own, lost ? {} : { ring: keys.ring });
  return { decision: decide(given, visitor), told: visitor.told, line: visitor.line };
}

const BUILD = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The folder that the file must be in; undefined: there is no such place on this route. */
function findFolder(given: Route, { uri, build, origin }: Served): string | undefined {
  if (origin !== undefined) return build && given.origins?.[build] === origin ? '/' : undefined;
  if (build === undefined) {
    return given.gate && uri === `/shop/pages${gate.page}` ? uri : '/shop/pool/';
  }
  if (!BUILD.test(build)) return undefined;
  if (!build.startsWith('pr-')) return `${given.root ?? '/shop/builds/'}${build}/`;
  return given.untrusted ? `/shop/untrusted/builds/${build}/` : undefined;
}

/** What is wrong with it; S3 reads a path as it is decoded. */
function explain(given: Route, served: Served): string | undefined {
  const { uri, build } = served;
  const folder = findFolder(given, served);
  if (folder === undefined || !uri.startsWith(folder)) return `${uri} of ${build} is nowhere`;
  if (uri !== new URL(`https://origin${uri}`).pathname) return `${uri} has a second reading`;
  const file = decodeURIComponent(uri.slice(folder.length));
  const isSecret = build !== undefined && file.startsWith('.headgate/');
  const segments = decodeURIComponent(uri.slice(1)).split('/');
  const climbs = segments.some((one) => one === '..' || one === '.');
  const isSplit = segments.slice(0, -1).includes('');
  return isSecret || climbs || isSplit ? `${uri} leaves ${folder}` : undefined;
}

/** What is wrong with what is logged. */
function explainLine(given: Route, visitor: Visitor, text: string): string | undefined {
  const line = parseVisitorLine(text);
  if (!given.beacon || line === undefined) return `${text} is no line`;
  const isOfRoute =
    line.app === given.app &&
    line.environment === given.env &&
    line.salt === given.canary?.salt &&
    line.weightBasisPoints === given.canary.weight &&
    listArm(given, line.arm).includes(line.build);
  const { hg_slot: sent, hg_preview: preview } = visitor.cookies;
  const isOfVisitor = line.kind === 'n' || sent?.value === String(line.slot);
  const isPreview = given.preview === 'open' && preview?.value === '1043';
  return isOfRoute && isOfVisitor && !isPreview ? undefined : `${text} is made up`;
}

function listArm({ canary, stable, split }: Route, arm: Arm): readonly (string | undefined)[] {
  if (arm === 'split') return split?.arms.map((one) => one.build[0]) ?? [];
  return arm === 'canary' ? [canary?.build[0]] : [stable[0]];
}

it('never throws, and never leaves its place, with every feature in the mix', () => {
  fc.assert(
    fc.property(routes, visitors, (given, visitor) => {
      const { decision, told, line } = decideAsHandler(given, visitor);
      const odd = line === undefined ? undefined : explainLine(given, visitor, line);
      if (odd !== undefined) expect.fail(odd);
      // viewer-response gets what the gate told, and nothing that makes it fault.
      if (told) markGate(visitor, told);
      const wrong = 'uri' in decision ? explain(given, decision) : undefined;
      if (wrong !== undefined) expect.fail(wrong);
    }),
    { numRuns: full ? 1_000_000 : 5000 },
  );
}, 900_000);

it('meets all of these places', () => {
  const seen = new Map<string, number>();
  const count = (name: string) => seen.set(name, (seen.get(name) ?? 0) + 1);
  const samples = fc.sample(fc.tuple(routes, visitors), { numRuns: 5000, seed: 1 });
  for (const [given, visitor] of samples) {
    const { decision, told, line } = decideAsHandler(given, visitor);
    if (line) count(line.split(' ')[5] === 'n' ? 'seen' : 'reported');
    if (told) count(told.includes('~') ? 'session' : 'waiting');
    if (!('uri' in decision)) count(String(decision.statusCode));
    else if (decision.origin) count('origin');
    else count(/^\/(shop\/)?(pages|pool|builds|untrusted|apps|\w+)/.exec(decision.uri)?.[2] ?? '');
  }
  const places =
    'seen reported 204 302 400 404 429 waiting session origin pages pool builds untrusted apps'.split(
      ' ',
    );
  expect(places.filter((place) => (seen.get(place) ?? 0) < 5)).toEqual([]);
});
