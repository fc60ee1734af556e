import type { Cohort, Split } from '../contract/route.ts';
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

/**
 * The preview; else, for a file, its page's build; else what the visitor is assigned. Only navigations
 * draw, and reports of what became of them.
 */
export function chooseBuild(route: ReadableRoute, visitor: Visitor, isReport?: boolean): string {
  const cookies = visitor.cookies;
  let page = readField(cookies, PAGE_COOKIE);
  if (FEATURE_ADOPTED && !page && route.cookies) page = readField(cookies, route.cookies[0]);
  return (
    readPreview(route, visitor) ||
    ((FEATURE_BEACON && isReport) || isNavigation(visitor.headers)
      ? !isCrawler(readField(visitor.headers, 'user-agent').toLowerCase()) &&
        assign(route, visitor, isReport)
      : isNamed(route, page) && page) ||
    route.stable[0]
  );
}

/** Crawlers see what most visitors see. No RegExp: it would not match, and that is dear in njs. */
function isCrawler(agent: string): boolean {
  return ['bot', 'crawl', 'spider'].some((name) => agent.indexOf(name) >= 0);
}

/** Nothing: stable. Entries that name a quarantined build are passed over. */
// oxlint-disable-next-line complexity -- every function that is put apart takes bytes that the budget has not
function assign(
  route: ReadableRoute,
  visitor: Visitor,
  isReport: boolean | undefined,
): string | false | undefined {
  const slot = readSlot(visitor);
  const canary = route.canary;
  // A new session is a new draw, also for a visitor who is known.
  const drawn = FEATURE_SESSION && route.idle ? mix(slot, visitor.now) : slot;
  const member =
    FEATURE_COHORTS && pick(route, route.cohorts, (one: Cohort) => isMember(one, visitor));
  if (member) return member;
  const session = FEATURE_SESSION && findSession(route, visitor);
  const split = FEATURE_SPLIT && route.split;
  // Never the draw of a rollout: their salts are generations, and this one is negative.
  let left = split ? mix(slot, ~split.salt) % 10000 : 0;
  // The arms lie side by side, so a visitor is in one at most. The share of a quarantined one is not given to others.
  const isDrawn = (arm: Split['arms'][number]) => (left -= arm.weight) < 0 && left >= -arm.weight;
  const ofSplit = FEATURE_SPLIT && pick(route, split ? split.arms : undefined, isDrawn);
  const build =
    session ||
    ofSplit ||
    (canary && mix(drawn, canary.salt) % 10000 < canary.weight && canary.build[0]);
  // Where sessions stay, one that goes on may have begun under other weights: its first page counts, and
  // what is reported of it.
  if (FEATURE_BEACON && (isReport ? session || !route.idle : !session)) {
    visitor.arm = ofSplit
      ? 'split'
      : canary && build === canary.build[0]
        ? 'canary'
        : build && build !== route.stable[0]
          ? undefined
          : 'stable';
  }
  return build;
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
