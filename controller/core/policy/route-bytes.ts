import { ROUTE_VERSION, type BuildRef, type Route } from '../../../edge/contract/route.ts';
import { DIGEST_LENGTH } from '../state/build.ts';
import type { WrittenApp, WrittenEnvironment } from './schema.ts';

/** A longer history than this is possible, and then the plan, which sees the real route, says so. */
const BARRED_EXPECTED = 3;

/**
 * Bytes of the largest route this policy is likely to lead to: the one after a rollback, with a full
 * kept list. (The marker of a rollback is larger than the canary it replaces.) The numbers of other
 * builds aren't known here; they are taken to be as long as the policy's.
 */
export function countRouteBytes(
  app: WrittenApp,
  name: string,
  { release, preview }: WrittenEnvironment,
): number {
  const ref: BuildRef = [release.build, 'f'.repeat(DIGEST_LENGTH)];
  const generation = 9_999_999;
  const route: Route = {
    v: ROUTE_VERSION,
    gen: generation,
    app: app.app,
    env: name,
    spa: 1,
    stable: ref,
    kept: Array.from({ length: release.keep }, () => ref),
    barred: Array.from({ length: BARRED_EXPECTED }, () => release.build),
    pool: app.pool,
    preview: preview.access,
    rollback: { build: ref, reason: 'no-data', at: 1_999_999_999, gen: generation },
  };
  // Everything in it is ASCII, by the patterns of values.ts: a character is a byte.
  return JSON.stringify(route).length;
}
