import { describe, expect, it } from 'vitest';
import { composeEdge } from '../../../edge/build.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import { GOLDEN_ROUTE, goldenCasesOf } from '../../../edge/contract/golden.ts';
import { GOLDEN_HOST, ROUTE_BYTES_LIMIT } from '../../../edge/contract/route.ts';
import { runBatch, runInVm } from '../../vectors/engines.ts';

const bundles = { none: await composeEdge([]), all: await composeEdge(EDGE_FEATURES) };
const route = JSON.stringify(GOLDEN_ROUTE);

describe.each([
  ['no features', bundles.none, goldenCasesOf([])],
  ['all features', bundles.all, goldenCasesOf(EDGE_FEATURES)],
] as const)('golden cases of %s', (_name, bundle, goldenCases) => {
  const run = async (which: 'request' | 'response', event: unknown) => {
    const batch = { store: { [GOLDEN_HOST]: route }, failures: {}, events: [event] };
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

  it('use a route that fits into a value', () => {
    expect(Buffer.byteLength(route)).toBeLessThanOrEqual(ROUTE_BYTES_LIMIT);
  });
});
