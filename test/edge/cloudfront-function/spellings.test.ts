import { describe, expect, it } from 'vitest';
import { composeEdge } from '../../../edge/build.ts';
import type {
  CloudFrontRequest,
  CloudFrontResponse,
} from '../../../edge/cloudfront-function/event.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import { toRequestEvent } from '../../vectors/cloudfront-event.ts';
import { route } from '../../vectors/edge.ts';
import { listEngines, runBatch } from '../../vectors/engines.ts';
import type { Engine } from '../../vectors/engines.ts';
import {
  gateVectors,
  openPaths,
  protectedSpellings,
  redirectSpellings,
} from '../../vectors/gate.ts';
import type { GateVector } from '../../vectors/gate.ts';
import { NOW, PREVIEW, ring } from '../../vectors/tokens.ts';

type Vector = Pick<GateVector, 'route' | 'request'>;

const hostOf = (index: number) => `a${index}.example.com`;

async function runAll(run: Engine, vectors: readonly Vector[]) {
  const { request: bundle } = await composeEdge(EDGE_FEATURES);
  const { outputs } = await runBatch(run, withFloor(bundle.code, {}), {
    store: {
      ...Object.fromEntries(
        vectors.map((one, index) => [hostOf(index), JSON.stringify(one.route)]),
      ),
      'keys/shop/prod': JSON.stringify(ring),
    },
    failures: {},
    events: vectors.map(({ request }, index) => toRequestEvent(request, hostOf(index))),
    queries: vectors.map(({ request: { query = '' } }) => query),
    now: NOW,
  });
  return outputs as readonly (CloudFrontRequest | CloudFrontResponse)[];
}

describe('the tables', () => {
  it('have 60 spellings that would get round the gate, and 40 that would leave the site', () => {
    expect(new Set(protectedSpellings).size).toBeGreaterThanOrEqual(60);
    expect(protectedSpellings.filter((path) => openPaths.includes(path))).toEqual([]);
    const links = redirectSpellings.map(([path, query = '']) => `${path}?${query}`);
    expect(new Set(links).size).toBeGreaterThanOrEqual(40);
    expect(links.filter((link) => !/evil|alert/.test(link))).toHaveLength(0);
  });

  it('are played whole', () => {
    const refused = gateVectors.filter(({ name }) => name.startsWith('spelling: '));
    expect(refused.map(({ request: { path } }) => path)).toEqual(protectedSpellings);
    expect(new Set(refused.map((one) => one.expect))).toEqual(new Set(['429 wait']));
  });
});

describe.each(listEngines())('the bundle of all features in %s', (_name, run) => {
  it('redirects nobody off the site, whether a preview begins or ends', async () => {
    const vectors = previews.flatMap(({ preview, value }) =>
      redirectSpellings.map(([path, query = '']) => ({
        route: { ...route, preview },
        request: { path, query: `override_build_number=${value}${query && `&${query}`}` },
        value,
      })),
    );
    const outputs = await runAll(run, vectors);
    const redirects = outputs.filter((one) => 'statusCode' in one && one.statusCode === 302);
    // Nearly all of them are paths like others, and lead to themselves.
    expect(redirects.length).toBeGreaterThan(vectors.length / 2);
    const bad = vectors.filter(({ value }, index) => {
      const output = outputs[index];
      return !output || !('statusCode' in output) || !isHarmless(output, value);
    });
    expect(bad.map(({ request }) => request)).toEqual([]);
  });
});

const previews = [
  { preview: 'open', value: '1050' },
  { preview: 'signed', value: PREVIEW },
  { preview: 'signed', value: 'off' },
  { preview: 'off', value: 'off' },
] as const;

/** Refused, or sent to a path of this host. What is behind the question mark leads nowhere. */
function isHarmless({ statusCode, headers }: CloudFrontResponse, value: string): boolean {
  const location = headers['location']?.value ?? '';
  if (statusCode === 400) return location === '';
  return (
    statusCode === 302 &&
    /^\/(?![/\\])[^\\\s?]*(\?|$)/.test(location) &&
    new URL(location, 'https://shop.example.com').origin === 'https://shop.example.com' &&
    !location.includes(value)
  );
}
