import { describe, expect, it } from 'vitest';
import { composeEdge } from '../../../edge/build.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import { mac } from '../../../controller/core/tokens/mac.ts';
import { goldenCasesOf } from '../../../edge/contract/golden.ts';
import {
  GOLDEN_PREVIEW,
  GOLDEN_SESSION,
  goldenValuesOf,
} from '../../../edge/contract/golden-values.ts';
import { ROUTE_BYTES_LIMIT } from '../../../edge/contract/route.ts';
import { readToken } from '../../../edge/core/token.ts';
import type { KeyRing } from '../../../edge/core/token.ts';
import { runBatch, runInVm } from '../../vectors/engines.ts';

const bundles = { none: await composeEdge([]), all: await composeEdge(EDGE_FEATURES) };
const KEYS = 'keys/Golden/golden';

describe.each([
  ['no features', bundles.none, []],
  ['all features', bundles.all, EDGE_FEATURES],
] as const)('golden cases of %s', (_name, bundle, features) => {
  const goldenCases = goldenCasesOf(features);
  const store = goldenValuesOf(features);
  const run = async (which: 'request' | 'response', event: unknown) => {
    const batch = { store, failures: {}, events: [event] };
    const { outputs } = await runBatch(runInVm, withFloor(bundle[which].code, {}), batch);
    return outputs[0];
  };

  it.each(goldenCases)('$name', async (golden) => {
    expect(golden.check(await run(golden.function, golden.event))).toBeUndefined();
  });

  it.each(goldenCases.filter((golden) => golden.function === 'request'))(
    'find a function that does nothing: $name',
    (golden) => {
      const { request } = golden.event as { request: unknown };
      expect(golden.check({ request })).toMatch(/^expected /);
    },
  );

  it('find a response function that does nothing, and no output at all', () => {
    const goldens = goldenCases.filter((one) => one.function === 'response');
    expect(goldens).not.toHaveLength(0);
    for (const { event, check } of goldens) {
      expect(check({ response: (event as { response: unknown }).response })).toMatch(/^expected /);
      expect(check(undefined)).toMatch(/^expected /);
    }
  });

  it('use routes that fit into a value', () => {
    for (const value of Object.values(store)) {
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(ROUTE_BYTES_LIMIT);
    }
  });
});

it('have tokens by keys of their own, which groups without tokens do not get', () => {
  const ring = JSON.parse(goldenValuesOf(['gate'])[KEYS] ?? '') as KeyRing;
  const bearer = { now: Date.UTC(2099, 0) / 1000, keys: { scope: 'Golden~golden', ring, mac } };
  expect(readToken(GOLDEN_PREVIEW, 'p', bearer)?.[0]).toBe('next');
  expect(readToken(GOLDEN_SESSION, 's', bearer)?.[0]).toBe('0');
  expect(goldenValuesOf(['session', 'pinned'])).not.toHaveProperty([KEYS]);
});
