import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../edge/core/decide.ts';
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
  }),
  ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
  requestId: fc.string({ unit: 'binary' }),
  now: fc.nat(),
});

describe('decide', () => {
  it('never throws, and never leaves the app, a build, or the pool, whatever it is asked', () => {
    const routes = fc.constantFrom(route, assigning, 'floor' as const);
    fc.assert(
      fc.property(visitors, routes, (visitor, given) => {
        const page = readField(visitor.cookies, 'hg_build');
        const decision = decide(given === 'floor' ? floorRoute(floor, page) : given, visitor);
        if ('statusCode' in decision) return;
        if (
          !/^\/shop\/(builds\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}|pool)\/[^\\?#\s]/.test(
            decision.uri,
          ) ||
          decision.uri !== new URL(`https://origin${decision.uri}`).pathname
        ) {
          expect.fail(decision.uri);
        }
        // As S3 reads it. A folder of the pool is asked for as it is, and not found.
        const key = decodeURIComponent(decision.uri.slice(1)).split('/');
        if (
          key.slice(0, -1).includes('') ||
          key.includes('..') ||
          key.includes('.') ||
          (key[1] === 'builds' && key[3] === '.headgate')
        ) {
          expect.fail(decision.uri);
        }
      }),
      { numRuns: full ? 1_000_000 : 3000 },
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
  requestId: 'a',
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
