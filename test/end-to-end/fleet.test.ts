import { afterAll, expect, it } from 'vitest';
import { createFleet, ENVIRONMENTS, type Fleet } from './fleet.ts';

/** Of a run, and of each edge group: its four questions about functions, its record, store and golden value. */
const REQUESTS_ONCE = 13;
/**
 * Of each environment that has nothing to do, with one build per app: its record 1; of three that share them,
 * the app's history, its build twice, its settings and its policy's copy 5/3; two of ten parameters; its
 * share of the listings of distributions, of the store and of alarms.
 */
const REQUESTS_EACH = 3;
const APPS = 4;

let fleet: Fleet | undefined;

afterAll(() => fleet?.setting.close());

it(
  'asks AWS no more than the stated number of requests per environment',
  { timeout: 300_000 },
  async () => {
    fleet = await createFleet(1);
    await fleet.grow(APPS);
    await fleet.reconcile();
    const { code, writes, calls } = await fleet.reconcile();
    expect({ code, writes }).toEqual({ code: 0, writes: [] });
    const stated = REQUESTS_ONCE + REQUESTS_EACH * APPS * ENVIRONMENTS.length;
    expect(calls.length, tally(calls)).toBeLessThanOrEqual(stated);
  },
);

function tally(calls: readonly string[]): string {
  const names = [...new Set(calls)];
  return names.map((name) => `${name} ${calls.filter((one) => one === name).length}`).join(', ');
}
