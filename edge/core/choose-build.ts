import type { Cohort } from '../contract/route.ts';
import { mix, readSlot } from './assign.ts';
import { isMember } from './cohort.ts';
import { PAGE_COOKIE, SESSION_COOKIE } from './cookies.ts';
import { readField } from './fields.ts';
import { isBarred, isNamed } from './named-builds.ts';
import type { Offer } from './named-builds.ts';
import { readPreview } from './preview.ts';
import type { ReadableRoute } from './read-route.ts';
import { isNavigation } from './visitor.ts';
import type { Visitor } from './visitor.ts';

/** The preview; else, for a file, its page's build; else what the visitor is assigned. Only navigations draw. */
export function chooseBuild(route: ReadableRoute, visitor: Visitor): string {
  const cookies = visitor.cookies;
  let page = readField(cookies, PAGE_COOKIE);
  if (FEATURE_ADOPTED && !page && route.cookies) page = readField(cookies, route.cookies[0]);
  return (
    readPreview(route, visitor) ||
    (isNavigation(visitor.headers)
      ? !isCrawler(readField(visitor.headers, 'user-agent').toLowerCase()) && assign(route, visitor)
      : isNamed(route, page) && page) ||
    route.stable[0]
  );
}

/** Crawlers see what most visitors see. No RegExp: it would not match, and that is dear in njs. */
function isCrawler(agent: string): boolean {
  return agent.indexOf('bot') >= 0 || agent.indexOf('crawl') >= 0 || agent.indexOf('spider') >= 0;
}

/** Nothing: stable. Entries that name a quarantined build are passed over. */
function assign(route: ReadableRoute, visitor: Visitor): string | false | undefined {
  const slot = readSlot(visitor);
  const canary = route.canary;
  const split = FEATURE_SPLIT && route.split;
  // A new session is a new draw, also for a visitor who is known.
  const drawn = FEATURE_SESSION && route.idle ? mix(slot, visitor.now) : slot;
  // Never the draw of a rollout: their salts are generations, and this one is negative.
  let left = split ? mix(slot, ~split.salt) % 10000 : 0;
  return (
    (FEATURE_COHORTS && pick(route, route.cohorts, (one: Cohort) => isMember(one, visitor))) ||
    (FEATURE_SESSION && findSession(route, visitor)) ||
    // The arms lie side by side, so a visitor is in one at most. The share of a quarantined one is not given to others.
    (FEATURE_SPLIT &&
      pick(
        route,
        split ? split.arms : undefined,
        (arm) => (left -= arm.weight) < 0 && left >= -arm.weight,
      )) ||
    (canary && mix(drawn, canary.salt) % 10000 < canary.weight && canary.build[0])
  );
}

/** The build of the session in progress. */
function findSession(route: ReadableRoute, visitor: Visitor): string | false {
  const parts = readField(visitor.cookies, SESSION_COOKIE).split('.');
  const last = parseInt(parts.pop() as string, 36);
  const build = parts.join('.');
  // Without `idle`, and with a time that is none, no comparison is true.
  return (
    visitor.now - last <= (route.idle as number) &&
    isNamed(route, build) &&
    !isBarred(route, build) &&
    build
  );
}

/** The first that matches and is not quarantined. */
function pick<Entry extends Offer>(
  route: ReadableRoute,
  entries: readonly Entry[] | undefined,
  matches: (entry: Entry) => boolean,
): string | undefined {
  const entry = (entries || []).filter((one) => matches(one) && !isBarred(route, one.build[0]))[0];
  return entry && entry.build[0];
}
