import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../edge/core/decide.ts';
import { floorRoute, readRoute } from '../../../edge/core/read-route.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';
import { floor, route } from '../../vectors/edge.ts';

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
const visitors: fc.Arbitrary<Visitor> = fc.record({
  path: paths,
  query: queries,
  navigation: fc.boolean(),
  crawler: fc.boolean(),
  slot: fc.nat(1_048_575),
  page: builds,
  preview: builds,
});

describe('decide', () => {
  it('never leaves the app, a build, or the pool, on any path', () => {
    fc.assert(
      fc.property(visitors, fc.boolean(), (visitor, fault) => {
        const decision = decide(fault ? floorRoute(floor, visitor.page) : route, visitor);
        if ('statusCode' in decision) return;
        expect(decision.uri).toMatch(
          /^\/shop\/(builds\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}|pool)\/[^\\?#\s]/,
        );
        expect(decision.uri).toBe(new URL(`https://origin${decision.uri}`).pathname);
        // As S3 reads it.
        const key = decodeURIComponent(decision.uri.slice(1)).split('/');
        // A folder of the pool is asked for as it is, and not found.
        expect(key.slice(0, -1)).not.toContain('');
        expect(key).not.toContain('..');
        expect(key).not.toContain('.');
        expect(key[3]).not.toBe('.headgate');
      }),
      { numRuns: 3000 },
    );
  });

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
        const visitor = { ...stranger, navigation: true, slot };
        const before = decide(canary(Math.min(one, other)), visitor);
        const after = decide(canary(Math.max(one, other)), visitor);
        expect(isCanary(before) && !isCanary(after)).toBe(false);
      }),
    );
    expect(isCanary(decide(canary(0), { ...stranger, navigation: true }))).toBe(false);
    expect(isCanary(decide(canary(10_000), { ...stranger, navigation: true }))).toBe(true);
  });

  it('gives a navigation no barred build, whatever its cookies say', () => {
    fc.assert(
      fc.property(visitors, (visitor) => {
        const kept = { ...route, kept: [['666', ''] as const] };
        const decision = decide(kept, { ...visitor, navigation: true });
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
  navigation: false,
  crawler: false,
  slot: 0,
  page: '',
  preview: '',
};

function canaryOf({ canary }: typeof route) {
  if (!canary) throw new Error('the vectors have a canary');
  return canary;
}

function isCanary(decision: ReturnType<typeof decide>): boolean {
  return 'uri' in decision && decision.build === '1043';
}
