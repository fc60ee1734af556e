/** Whole origins in the place of builds: what must be true of them, and what a plan says of them. */
import { EXIT } from '../errors.ts';
import { findOrigin } from '../policy/origins.ts';
import type { AppPolicy } from '../policy/policy.ts';
import { describeBuild, fromRef, type Build } from '../state/build.ts';
import { listAllNamed } from '../state/origins.ts';
import { applyLifts, findQuarantine } from '../state/quarantine.ts';
import type { EnvironmentRecord } from '../state/record.ts';
import { parseRoute } from '../state/route.ts';
import { explainCaching } from './behaviours-cache.ts';
import type { EnvironmentFacts } from './facts.ts';
import type { Refusal } from './plan.ts';

/**
 * Cookies and routes know builds by name alone, so a name means one thing for as long as the live
 * route has it: an open page of the old target would be answered by the new one.
 */
export function checkOneMeaning(facts: EnvironmentFacts): readonly Refusal[] {
  return namedLines(facts).flatMap(([name, line]): readonly Refusal[] => {
    const published = facts.builds.get(name);
    if (published === undefined) return [];
    const { build, isPublishedToo } = published;
    const live = liveBuilds(facts).find((other) => other.build === name);
    const place = { file: facts.app.file, line };
    if (isPublishedToo === true) {
      const message = `"${name}" is an origin of the policy and a published build of bucket ${facts.app.bucket}`;
      return [{ exitCode: EXIT.usage, message, next: `${RENAME} such as ${name}-app.`, place }];
    }
    const isOther = live !== undefined && live.digest !== build.digest;
    if (isOther && (live.origin ?? build.origin) !== undefined) {
      const message = `"${name}" is ${say(live)} in the live route, and ${say(build)} in the policy`;
      return [{ exitCode: EXIT.unsafe, message, next: `${RENAME} such as ${name}-2.`, place }];
    }
    return checkBarred(facts, build).map((refusal) => ({ ...refusal, place }));
  });
}

/** The edge bars by name: what was rolled back would bar what has its name now, for cohorts and sessions. */
function checkBarred(
  { adoption, environment }: EnvironmentFacts,
  build: Build,
): readonly Refusal[] {
  const quarantine = applyLifts(adoption.record?.quarantine ?? [], environment.quarantine);
  const other = quarantine.find(
    (entry) => entry.build.build === build.build && entry.build.digest !== build.digest,
  );
  const isOrigin = (other?.build.origin ?? build.origin) !== undefined;
  if (other === undefined || !isOrigin || findQuarantine(quarantine, build)) return [];
  const message =
    `"${build.build}" is quarantined as ${say(other.build)} since rollback ${other.rollback}, ` +
    `and ${say(build)} in the policy`;
  return [{ exitCode: EXIT.unsafe, message, next: `${RENAME} such as ${build.build}-2.` }];
}

/** Also once the policy has forgotten them: the live route may not have. */
export function usesOrigins(
  app: Pick<AppPolicy, 'origins'>,
  record: EnvironmentRecord | undefined,
): boolean {
  return app.origins !== undefined || parseRoute(record?.route)?.origins !== undefined;
}

/** The end of "is not published", where a name may have been meant. */
export function norOrigin({ origins }: Pick<AppPolicy, 'origins'>): string {
  const names = Object.keys(origins ?? {});
  return names.length === 0 ? '' : `; origins of the policy are ${names.join(', ')}`;
}

const RENAME = 'Give the origin another name,';

function say({ origin }: Build): string {
  return origin === undefined ? 'a published build' : `the origin ${origin}`;
}

/** Each name once, at the first line that has it. */
function namedLines({
  environment: { release, cohorts, split },
}: EnvironmentFacts): readonly (readonly [name: string, line: number])[] {
  const named = [release, ...cohorts, ...split].toReversed();
  return [...new Map(named.map(({ build, line }) => [build, line]))];
}

function liveBuilds({ adoption }: EnvironmentFacts): readonly Build[] {
  const route = parseRoute(adoption.record?.route);
  return route === undefined ? [] : listAllNamed(route).map((ref) => fromRef(ref, route.origins));
}

/** An id means one of the distribution's origins; of what a URL names only requests can tell. */
export function findOriginProblem(
  { distribution }: EnvironmentFacts,
  { build, origin }: Build,
): { message: string; next: string } | undefined {
  if (origin === undefined || origin.includes('://') || distribution === undefined) {
    return undefined;
  }
  const { id, originIds } = distribution;
  if (originIds.includes(origin)) return undefined;
  return {
    message: `origin ${build}: distribution ${id} has no origin with the id "${origin}"`,
    next: `Add it there, or name one that it has: ${originIds.join(', ')}.`,
  };
}

/** What whoever releases an origin should know. */
export function explainOrigins(facts: EnvironmentFacts): readonly string[] {
  const { app, distribution } = facts;
  if (!usesOrigins(app, facts.adoption.record)) return [];
  const { include } = app.pool;
  const changed = liveBuilds(facts).flatMap((live) => {
    const wanted = findOrigin(app, live.build);
    const isOther =
      wanted !== undefined && live.origin !== undefined && wanted.origin !== live.origin;
    return isOther
      ? [
          `${describeBuild(live)} stays as it is while the route names it; the policy says ${wanted.origin}`,
        ]
      : [];
  });
  const lost = (facts.adoption.record?.kept ?? []).flatMap((kept) => {
    const problem = findOriginProblem(facts, kept);
    return problem === undefined ? [] : [`warning: open pages get errors from ${problem.message}`];
  });
  return [
    ...new Set(changed),
    ...lost,
    ...(include.length === 0
      ? []
      : [`origins don't get requests for ${include.join(', ')}: those are the pool's`]),
    ...(distribution === undefined ? [] : explainCaching(distribution, app)),
  ];
}
