import { DIGEST_LENGTH, type Build } from '../state/build.ts';
import type { State } from '../state/record.ts';
import { parseRoute, renderRoute } from '../state/route.ts';
import { findOrigin } from './origins.ts';
import type { AppPolicy, EnvironmentPolicy } from './policy.ts';

/** A longer history than this is possible, and then the plan, which sees the real route, says so. */
const BARRED_EXPECTED = 3;

const GENERATION = 9_999_999;

export interface RouteSize {
  readonly bytes: number;
  /** What can be shortened, the largest first. */
  readonly parts: readonly RoutePart[];
}

interface RoutePart {
  readonly name: string;
  readonly bytes: number;
  /** A short one. */
  readonly example: string;
}

/**
 * The largest route this policy is likely to lead to: the one after a rollback, with a full kept list
 * and every cohort and arm. (The marker of a rollback is larger than the canary it replaces.) The
 * numbers of other builds aren't known here; they are taken to be as long as the policy's.
 */
export function measureRoute(app: AppPolicy, environment: EnvironmentPolicy): RouteSize {
  const { release, cohorts, split } = environment;
  const named = [release, ...cohorts, ...split].map(({ build }) => standIn(app, build));
  const builds = new Map(named.map((build) => [build.build, { build }]));
  const text = renderRoute(
    stateAfterRollback(app, release),
    { app, environment, builds },
    GENERATION,
  );
  const route = parseRoute(text);
  const number = JSON.stringify(release.build);
  const numbers = text
    .split(number)
    .slice(1)
    .map(() => release.build);
  const parts = [
    { name: 'build numbers', value: numbers, example: 'build: "1043"' },
    { name: 'kept builds', value: route?.kept, example: 'keep: 1' },
    { name: 'pool patterns', value: route?.pool, example: 'pool: { include: [/assets/*] }' },
    { name: 'cohorts', value: route?.cohorts, example: 'cohorts: []' },
    { name: 'split', value: route?.split, example: 'split: []' },
    { name: 'gate', value: route?.gate, example: 'protect: [/shop/*]' },
    { name: 'origins', value: route?.origins, example: 'keep: 1' },
  ].flatMap(({ value, ...part }) =>
    value === undefined ? [] : [{ ...part, bytes: JSON.stringify(value).length }],
  );
  // Everything in it is ASCII, by the patterns of values.ts: a character is a byte.
  return { bytes: text.length, parts: parts.toSorted((a, b) => b.bytes - a.bytes) };
}

function stateAfterRollback(app: AppPolicy, { build, keep }: EnvironmentPolicy['release']): State {
  const stable = standIn(app, build);
  // Of all origins: each that is kept takes its place among the targets too.
  const origins = Object.keys(app.origins ?? {}).filter((name) => name !== build);
  const kept = [...origins.map((name) => standIn(app, name)), ...Array<Build>(keep).fill(stable)];
  return {
    phase: 'held',
    stable,
    kept: kept.slice(0, keep),
    quarantine: Array.from({ length: BARRED_EXPECTED }, (_, index) => ({
      build: { build: String(index).padStart(build.length, '0'), digest: 'of another build' },
      rollback: GENERATION,
      reason: '',
      at: '',
    })),
    marker: {
      build: [stable.build, stable.digest],
      reason: 'no-data',
      at: 1_999_999_999,
      gen: GENERATION,
    },
  };
}

function standIn(app: AppPolicy, build: string): Build {
  return findOrigin(app, build) ?? { build, digest: 'f'.repeat(DIGEST_LENGTH) };
}
