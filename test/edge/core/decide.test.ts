import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../edge/contract/route.ts';
import { decide } from '../../../edge/core/decide.ts';
import type { Served } from '../../../edge/core/decide.ts';
import { readField } from '../../../edge/core/fields.ts';
import type { Field } from '../../../edge/core/fields.ts';
import { floorRoute, readRoute } from '../../../edge/core/read-route.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';
import { full } from '../../depth.ts';
import { assigning } from '../../vectors/assignment.ts';
import { floor, NOW, route } from '../../vectors/edge.ts';

/** Pieces that paths and cookies are attacked with, and plain ones. */
const pieces = fc.constantFrom(
  ...'/ // . .. %2e %2E%2e %2f %5c \\ %00 % %25 %c0%af %252f + a B.js @ ? # é \n'.split(' '),
  ...'.headgate _headgate assets index.html'.split(' '),
  ' ',
);
const paths = fc.array(pieces, { maxLength: 12 }).map((parts) => `/${parts.join('')}`);
const builds = fc.oneof(
  fc.constantFrom('', '1042', '1043', '1041', '666', 'off', '../1', '..', 'a/b'),
  fc.constantFrom('pr-7', 'pr-/..', 'green', 'blue', 'constructor', '__proto__', 'settings.json'),
  fc.string(),
);
const queries = fc.oneof(
  fc.string(),
  fc.tuple(fc.string(), builds).map(([other, build]) => `${other}&override_build_number=${build}`),
);
const field = (values: fc.Arbitrary<string>) => values.map((value): Field => ({ value }));
const fields = (values: Readonly<Record<string, fc.Arbitrary<string>>>) =>
  fc.record(
    Object.fromEntries(Object.entries(values).map(([name, arbitrary]) => [name, field(arbitrary)])),
    { requiredKeys: [] },
  );
const stamps = fc.oneof(
  fc.string(),
  fc.integer().map((seconds) => seconds.toString(36)),
);
const visitors: fc.Arbitrary<Visitor> = fc.record({
  path: fc.oneof(paths, fc.string({ unit: 'binary' })),
  query: queries,
  headers: fields({
    'sec-fetch-mode': fc.constantFrom('navigate', 'no-cors', 'cors', ''),
    'sec-fetch-dest': fc.constantFrom('document', 'serviceworker', 'script'),
    accept: fc.constantFrom('text/html', '*/*', 'a/b'),
    'user-agent': fc.oneof(fc.constantFrom('Googlebot', 'Mozilla/5.0'), fc.string()),
    'cloudfront-viewer-country': fc.constantFrom('DE', 'FR', ''),
  }),
  cookies: fields({
    hg_slot: fc.oneof(fc.nat(1_048_575).map(String), fc.string()),
    hg_build: builds,
    hg_preview: builds,
    hg_session: fc.tuple(builds, stamps).map(([build, last]) => `${build}.${last}`),
    staff: fc.string(),
    'Build-Number': builds,
    Override: fc.constantFrom('', 'true'),
  }),
  ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
  id: fc.string({ unit: 'binary' }),
  now: fc.nat(),
});

const BUILD = '[A-Za-z0-9][A-Za-z0-9._-]{0,63}';
const within = (...folders: readonly string[]) => new RegExp(`^(/(?:${folders.join('|')})/)(.*)$`);
const POOL = 'shop/pool';
const BUILDS = `shop/builds/(?!pr-)${BUILD}`;
const ref = (build: string) => [build, ''] as const;

/** Where each route may lead: what is behind the folder is a file of the pool or of a build. */
const places: readonly { readonly given: Route | 'floor'; readonly folder: RegExp }[] = [
  { given: route, folder: within(POOL, BUILDS) },
  { given: assigning, folder: within(POOL, BUILDS) },
  // The page's cookie counts as it is: there is nothing to hold it against.
  { given: 'floor', folder: within(POOL, `shop/builds/${BUILD}`) },
  {
    given: { ...route, untrusted: 1 },
    folder: within(POOL, BUILDS, `shop/untrusted/builds/pr-[A-Za-z0-9._-]{0,61}`),
  },
  {
    given: { ...route, root: '/apps/', cookies: ['Build-Number', 'Override'] },
    folder: within(POOL, `apps/(?!pr-)${BUILD}`),
  },
  {
    given: {
      ...route,
      stable: ref('green'),
      kept: [ref('blue')],
      origins: { green: 'https://green.example.com', blue: 'blue-app' },
    },
    folder: within(POOL, BUILDS),
  },
];

/** A plain path, as S3 reads it, of a file behind the folder; of the whole origin where one was decided on. */
function isWithin({ uri, build = '', origin }: Served, folder: RegExp): boolean {
  const parts = origin === undefined ? folder.exec(uri) : ['', '/', uri];
  const [, root = '', rest = ' '] = parts ?? [];
  const isPlain = /^[^\\?#\s]*$/.test(rest) && uri === new URL(`https://origin${uri}`).pathname;
  const isOfBuild = build === '' || origin !== undefined || root.endsWith(`/${build}/`);
  // A folder of the pool is asked for as it is, and not found.
  const key = decodeURIComponent(uri.slice(1)).split('/');
  const isFile = !key.slice(0, -1).includes('') && !key.includes('..') && !key.includes('.');
  const isManifest =
    build !== '' && decodeURIComponent(uri.slice(root.length)).startsWith('.headgate/');
  return isPlain && isOfBuild && isFile && !isManifest;
}

describe('decide', () => {
  it('never throws, and never leaves the app, a build, or the pool, whatever it is asked', () => {
    fc.assert(
      fc.property(visitors, fc.constantFrom(...places), (visitor, { given, folder }) => {
        const page = readField(visitor.cookies, 'hg_build');
        const decision = decide(given === 'floor' ? floorRoute(floor, page) : given, visitor);
        if ('statusCode' in decision) return;
        if (!isWithin(decision, folder)) expect.fail(decision.uri);
      }),
      // decide-everything.test.ts asks a million, with these features among all others.
      { numRuns: full ? 100_000 : 3000 },
    );
  }, 600_000);

  it('redirects to a path of the same host only', () => {
    fc.assert(
      fc.property(paths, fc.stringMatching(/^[\w=%+./~-]*$/), (path, other) => {
        const query = `override_build_number=1&${other}`;
        const decision = decide(route, { ...stranger, path, query });
        if (!('statusCode' in decision) || decision.statusCode !== 302) return;
        const location = decision.headers['location']?.value ?? '';
        expect(location).toMatch(/^\/(?![/\\])[^\\\s]*$/);
        expect(new URL(location, 'https://shop.example.com').origin).toBe(
          'https://shop.example.com',
        );
        expect(location.split('?')[1] ?? '').toBe(other);
      }),
    );
  });

  it('moves nobody back when the weight grows', () => {
    const canary = (weight: number) => ({ ...route, canary: { ...canaryOf(route), weight } });
    fc.assert(
      fc.property(fc.nat(1_048_575), fc.nat(10_000), fc.nat(10_000), (slot, one, other) => {
        const cookies = { hg_slot: { value: String(slot) } };
        const visitor = { ...stranger, headers: navigate, cookies };
        const before = decide(canary(Math.min(one, other)), visitor);
        const after = decide(canary(Math.max(one, other)), visitor);
        expect(isCanary(before) && !isCanary(after)).toBe(false);
      }),
    );
    expect(isCanary(decide(canary(0), { ...stranger, headers: navigate }))).toBe(false);
    expect(isCanary(decide(canary(10_000), { ...stranger, headers: navigate }))).toBe(true);
  });

  it('gives a navigation no barred build, whatever its cookies say', () => {
    fc.assert(
      fc.property(visitors, (visitor) => {
        const kept = { ...route, kept: [['666', ''] as const] };
        const decision = decide(kept, { ...visitor, headers: { ...visitor.headers, ...navigate } });
        expect('uri' in decision && decision.build).not.toBe('666');
      }),
    );
  });
});

describe('readRoute', () => {
  it('gives back every readable route as it was written', () => {
    expect(readRoute(JSON.stringify(route))).toEqual(route);
  });
});

const stranger: Visitor = {
  path: '/',
  query: '',
  headers: {},
  cookies: {},
  ip: '192.0.2.1',
  id: 'a',
  now: NOW,
};
const navigate = { 'sec-fetch-mode': { value: 'navigate' } };

function canaryOf({ canary }: typeof route) {
  if (!canary) throw new Error('the vectors have a canary');
  return canary;
}

function isCanary(decision: ReturnType<typeof decide>): boolean {
  return 'uri' in decision && decision.build === '1043';
}
