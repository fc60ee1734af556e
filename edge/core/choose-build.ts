import type { BuildRef } from '../contract/route.ts';
import { mix, readSlot } from './assign.ts';
import { isMember } from './cohort.ts';
import { PAGE_COOKIE, PREVIEW_COOKIE, SESSION_COOKIE, SLOT_COOKIE } from './cookies.ts';
import { readField } from './fields.ts';
import { isBuildNumber } from './read-route.ts';
import type { ReadableRoute } from './read-route.ts';
import { readPresented } from './presented-token.ts';
import { isNavigation } from './visitor.ts';
import type { Visitor } from './visitor.ts';

/** The preview; else, for a file, its page's build; else what the visitor is assigned. Only navigations draw. */
export function chooseBuild(route: ReadableRoute, visitor: Visitor): string {
  const navigation = isNavigation(visitor.headers);
  const build = navigation ? assign(route, visitor) : readField(visitor.cookies, PAGE_COOKIE);
  // Crawlers see what most visitors see. A page may come from the builds that the route names, and from nothing else.
  return (
    readPreview(route, visitor) ||
    (build &&
      (navigation
        ? !/bot|crawl|spider/i.test(readField(visitor.headers, 'user-agent'))
        : isNamed(route, build)) &&
      build) ||
    route.stable[0]
  );
}

/** The build that this browser asks to preview, if it may be shown. */
export function readPreview(route: ReadableRoute, visitor: Visitor): string | false {
  if (FEATURE_SIGNED && route.preview === 'signed') {
    const token = readPresented(visitor, 'p', PREVIEW_COOKIE);
    return !!token && (token[0] as string);
  }
  const preview = readField(visitor.cookies, PREVIEW_COOKIE);
  return (
    route.preview === 'open' &&
    !!preview &&
    isBuildNumber(preview) &&
    !isBarred(route, preview) &&
    preview
  );
}

export function isBarred(route: ReadableRoute, build: string): boolean {
  return route.barred.indexOf(build) >= 0;
}

/** True for every build that some visitor may get now, or got before and is kept. */
export function isNamed(route: ReadableRoute, build: string): boolean {
  const canary = route.canary;
  const isRef = (ref: BuildRef) => ref[0] === build;
  if (FEATURE_SPLIT || FEATURE_COHORTS) {
    const arms: readonly Offer[] = route.split ? route.split.arms : [];
    if (arms.concat(route.cohorts || []).some((offer) => isRef(offer.build))) return true;
  }
  return (
    ((FEATURE_SESSION || FEATURE_PINNED) && isRef(route.stable)) ||
    (!!canary && isRef(canary.build)) ||
    route.kept.some(isRef)
  );
}

interface Offer {
  readonly build: BuildRef;
}

/** Nothing: stable. Entries that name a quarantined build are passed over. */
function assign(route: ReadableRoute, visitor: Visitor): string | false | undefined {
  const slot = readSlot(readField(visitor.cookies, SLOT_COOKIE), visitor.requestId);
  const canary = route.canary;
  // A new session is a new draw, also for a visitor who is known.
  const drawn = FEATURE_SESSION && route.idle ? mix(slot, visitor.now) : slot;
  return (
    (FEATURE_COHORTS && findCohort(route, visitor)) ||
    (FEATURE_SESSION && findSession(route, visitor)) ||
    (FEATURE_SPLIT && drawArm(route, slot)) ||
    (canary && mix(drawn, canary.salt) % 10000 < canary.weight && canary.build[0])
  );
}

function findCohort(route: ReadableRoute, visitor: Visitor): string | undefined {
  return pick(route, route.cohorts, (one) => isMember(one, visitor));
}

/** The build of the session in progress. */
function findSession(route: ReadableRoute, visitor: Visitor): string | false {
  const cookie = readField(visitor.cookies, SESSION_COOKIE);
  const dot = cookie.lastIndexOf('.');
  const build = cookie.slice(0, dot);
  // Without `idle`, and with a time that is none, no comparison is true.
  return (
    visitor.now - parseInt(cookie.slice(dot + 1), 36) <= (route.idle as number) &&
    isNamed(route, build) &&
    !isBarred(route, build) &&
    build
  );
}

/** The arms lie side by side, so a visitor is in one at most. The share of a quarantined one is not given to others. */
function drawArm(route: ReadableRoute, slot: number): string | undefined {
  const split = route.split;
  // Never the draw of a rollout: their salts are generations, and this one is negative.
  let left = split ? mix(slot, ~split.salt) % 10000 : 0;
  return pick(route, split && split.arms, (arm) => {
    left -= arm.weight;
    return left < 0 && left >= -arm.weight;
  });
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
