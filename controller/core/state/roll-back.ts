import { BARRED_LIMIT, type RollbackMarker, type Route } from '../../../edge/contract/route.ts';
import { withoutBuild } from './named-builds.ts';
import { keepNamedOrigins } from './origins.ts';

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
