import {
  BARRED_LIMIT,
  ROUTE_BYTES_LIMIT,
  type BuildRef,
  type RollbackMarker,
  type Route,
} from '../../../edge/contract/route.ts';
import { fromRef, toRef, type Build } from './build.ts';
import { withoutBuild } from './named-builds.ts';
import { keepNamedOrigins, listAllNamed, renderOrigins } from './origins.ts';

/**
 * The route after a rollback, from the live route alone: it needs neither the record nor GitHub.
 * The canary leaves cohorts and split as well. Its pages that are still open keep their files, so it
 * goes to the front of `kept`.
 * undefined: nothing is rolling out, so there is nothing to roll back.
 */
export function rollBackRoute(
  live: Route,
  reason: RollbackMarker['reason'],
  now: Date,
): Route | undefined {
  const { canary, origins, ...rest } = live;
  if (canary === undefined) return undefined;
  const gen = live.gen + 1;
  const [build] = canary.build;
  // The route's byte budget was checked for a full kept list: it may not grow past it here.
  const room = Math.max(live.kept.length, 1);
  const next = {
    ...rest,
    gen,
    kept: [canary.build, ...live.kept.filter((ref) => ref[0] !== build)].slice(0, room),
    barred: [build, ...live.barred.filter((number) => number !== build)].slice(0, BARRED_LIMIT),
    ...withoutBuild(live, build),
  };
  return {
    ...next,
    ...keepNamedOrigins(next, origins),
    rollback: { build: canary.build, reason, at: Math.floor(now.getTime() / 1000), gen },
  };
}

/**
 * The route after a person went back to an earlier build. What was going out is barred: the canary, or
 * else stable, which everyone had. Both were served, so open pages of them keep their files.
 */
export function rollBackRouteTo(live: Route, target: Build, now: Date): Route {
  const { canary, ...rest } = live;
  const served = [live.stable, ...(canary === undefined ? [] : [canary.build])];
  const out = canary?.build ?? live.stable;
  const stable = toRef(target);
  const gen = live.gen + 1;
  const others = [...served, ...live.kept].filter(
    (ref, index, all) =>
      ref[0] !== target.build && all.findIndex((other) => other[0] === ref[0]) === index,
  );
  const before = { ...rest, gen, stable };
  const next = {
    ...before,
    barred: [out[0], ...live.barred.filter((number) => number !== out[0])].slice(0, BARRED_LIMIT),
    ...withoutBuild(before, out[0]),
  };
  const marker = {
    build: out,
    reason: 'manual',
    at: Math.floor(now.getTime() / 1000),
    gen,
  } as const;
  const known = [target, ...listAllNamed(live).map((ref) => fromRef(ref, live.origins))];
  const room = Math.max(live.kept.length, served.length);
  return fit(others.slice(0, room), (kept) => complete({ ...next, kept }, known, marker));
}

/** Origins and marker last, as `renderRoute` has them. */
function complete(
  { origins: _origins, rollback: _rollback, ...route }: Route,
  known: readonly Build[],
  rollback: RollbackMarker,
): Route {
  return { ...route, ...renderOrigins(route, known), rollback };
}

/** Of the kept builds as many as the KeyValueStore takes: the oldest give way. */
function fit(kept: readonly BuildRef[], make: (kept: readonly BuildRef[]) => Route): Route {
  const route = make(kept);
  const isTooLong = Buffer.byteLength(JSON.stringify(route)) > ROUTE_BYTES_LIMIT;
  return isTooLong && kept.length > 0 ? fit(kept.slice(0, -1), make) : route;
}
