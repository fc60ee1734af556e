import { describe, expect, it } from 'vitest';
import { composeEdge } from '../../../edge/build.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import { GOLDEN_ROUTE, goldenCases } from '../../../edge/contract/golden.ts';
import { GOLDEN_HOST, ROUTE_BYTES_LIMIT } from '../../../edge/contract/route.ts';
import { runBatch, runInVm } from '../../vectors/engines.ts';

const bundle = await composeEdge();
const route = JSON.stringify(GOLDEN_ROUTE);

const run = async (which: 'request' | 'response', event: unknown, stored = route) => {
  const batch = { store: { [GOLDEN_HOST]: stored }, failures: {}, events: [event] };
  const { outputs } = await runBatch(runInVm, withFloor(bundle[which].code, {}), batch);
  return outputs[0];
};

describe('golden cases', () => {
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
