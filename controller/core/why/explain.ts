import type { Cohort } from '../../../edge/contract/route.ts';
import { mix, readSlot } from '../../../edge/core/assign.ts';
import { isMember } from '../../../edge/core/cohort.ts';
import { PAGE_COOKIE, PREVIEW_COOKIE, SESSION_COOKIE } from '../../../edge/core/cookies.ts';
import { decide, type Decision } from '../../../edge/core/decide.ts';
import { readField } from '../../../edge/core/fields.ts';
import type { ReadableRoute } from '../../../edge/core/read-route.ts';
import { isNavigation, type Visitor } from '../../../edge/core/visitor.ts';
import { explainChoice, sampleShares, type Choice, type Share } from './choice.ts';

/** What one visitor gets, and by which rule of the live route. */
export interface VisitorWhy {
  readonly path: string;
  readonly isNavigation: boolean;
  /** undefined: a new visitor, who draws one. */
  readonly slot: number | undefined;
  /** `served` from a build, `pool`ed for all builds, `held` by the gate, `answered` by the edge itself. */
  readonly outcome: 'served' | 'pool' | 'held' | 'answered';
  readonly build?: string;
  /** What is fetched from the origin. */
  readonly uri?: string;
  /** The whole origin that serves it. */
  readonly origin?: string;
  /** Of an answer of the edge. */
  readonly status?: number;
  readonly rule?: Choice['rule']['kind'];
  readonly because: string;
  /** Rules that come first in the route, and why they did not decide. */
  readonly passedOver: readonly string[];
  /** Where the slot decides and isn't known: what new visitors get. */
  readonly shares?: readonly Share[];
}

/** All draws are of this many. */
const DRAWN = 10_000;

/** `knowsSlot`: the visitor has one; else they are new. */
export function explainVisitor(
  route: ReadableRoute,
  visitor: Visitor,
  knowsSlot: boolean,
): VisitorWhy {
  const isLottery = !knowsSlot && entersLottery(route, visitor);
  const open = isLottery ? admitAll(route) : route;
  const { decision, asked } = decideFully(open, visitor);
  const shown = {
    path: visitor.path,
    isNavigation: isNavigation(visitor.headers),
    slot: knowsSlot ? readSlot(visitor) : undefined,
  };
  const own =
    explainWithoutBuild(open, asked, decision) ??
    explainBuild(open, visitor, {
      decision,
      knowsSlot,
    });
  const lottery = `gate: of new visitors ${(route.gate?.rate ?? 0) / 100} % are let in here, the others wait; --slot tells of one`;
  return { ...shown, ...own, passedOver: [...(isLottery ? [lottery] : []), ...own.passedOver] };
}

type Own = Omit<VisitorWhy, 'path' | 'isNavigation' | 'slot'>;

function explainBuild(
  route: ReadableRoute,
  visitor: Visitor,
  { decision, knowsSlot }: { readonly decision: Decision; readonly knowsSlot: boolean },
): Own {
  const served = 'uri' in decision ? decision : undefined;
  const fetched = {
    outcome: 'served',
    ...(served && { uri: served.uri }),
    ...(served?.origin !== undefined && { origin: served.origin }),
  } as const;
  if (visitor.path.startsWith('/_headgate/b/')) {
    const because = 'the path names the build';
    return { ...fetched, build: served?.build ?? '', because, passedOver: [] };
  }
  const shares = knowsSlot ? [] : sampleShares(route, visitor);
  if (shares.length > 1) {
    const because = 'a new visitor draws a slot, and the slot decides; --slot tells of one';
    const passedOver = listPassedOver(route, visitor, { kind: 'split', index: 0 });
    return { outcome: 'served', because, passedOver, shares };
  }
  const { build, rule } = explainChoice(route, visitor);
  const because = describeRule(route, visitor, rule);
  const passedOver = listPassedOver(route, visitor, rule);
  return { ...fetched, build, rule: rule.kind, because, passedOver };
}

/** As the edge does: once more when keys were missed, whether or not they could be had. */
function decideFully(
  route: ReadableRoute,
  visitor: Visitor,
): { readonly decision: Decision; readonly asked: Visitor } {
  const { keys } = visitor;
  if (keys === undefined) return { decision: decide(route, visitor), asked: visitor };
  const first = { ...visitor, keys: { ...keys } };
  const decision = decide(route, first);
  if (first.keys.wanted === keys.wanted) return { decision, asked: first };
  const again = { ...visitor, keys: { ...keys, wanted: true } };
  return { decision: decide(route, again), asked: again };
}

/** The gate's own lottery is drawn by slot as well. */
function entersLottery(route: ReadableRoute, visitor: Visitor): boolean {
  const { gate } = route;
  if (gate?.open !== 1 || gate.rate >= DRAWN) return false;
  // With nobody let in by the draw, a visitor who gets in does so for another reason.
  const { asked } = decideFully({ ...route, gate: { ...gate, rate: 0 } }, visitor);
  return asked.guarded === true && isHeld(asked);
}

/** The gate tells the status of the page that it shows instead, or nothing. */
function isHeld({ told }: Visitor): boolean {
  return told === false || /^\d{3} /.test(told ?? '');
}

function admitAll(route: ReadableRoute): ReadableRoute {
  return { ...route, ...(route.gate && { gate: { ...route.gate, rate: DRAWN } }) };
}

/** What no rule about builds decides. */
function explainWithoutBuild(
  route: ReadableRoute,
  visitor: Visitor,
  decision: Decision,
): Own | undefined {
  if ('uri' in decision && decision.build !== undefined) return undefined;
  if ('statusCode' in decision) {
    const { statusCode: status, headers } = decision;
    // Not the whole of it: it may carry a token.
    const to = headers['location'] === undefined ? '' : ', which goes on to the clean URL';
    if (headers['x-headgate-gate'] !== undefined) return explainHeld(route, visitor, status);
    const because = `the edge answers this itself${to}`;
    return { outcome: 'answered', status, because, passedOver: [] };
  }
  if (decision.uri.startsWith(`/${route.app}/pages/`)) {
    const status = route.gate?.status ?? 429;
    return { ...explainHeld(route, visitor, status), uri: decision.uri };
  }
  const because = 'a pooled file belongs to every build: its name carries its content';
  return { outcome: 'pool', uri: decision.uri, because, passedOver: [] };
}

function explainHeld({ gate }: ReadableRoute, visitor: Visitor, status: number): Own {
  const draw = mix(readSlot(visitor), gate?.salt ?? 0) % DRAWN;
  const because =
    gate?.open === 1
      ? `the gate stands before this path and lets in draws below ${gate.rate}; this visitor's is ${draw}, and they have no session or priority`
      : 'the gate stands before this path and takes in nobody new without priority';
  return { outcome: 'held', status, because, passedOver: [] };
}

function describeRule(route: ReadableRoute, visitor: Visitor, rule: Choice['rule']): string {
  switch (rule.kind) {
    case 'preview':
      return `this browser previews it (cookie ${PREVIEW_COOKIE}; previews are ${route.preview})`;
    case 'page':
      return `a file follows its page, which was of this build (cookie ${PAGE_COOKIE})`;
    case 'session':
      return `the session in progress stays on its build (cookie ${SESSION_COOKIE})`;
    case 'crawler':
      return 'known crawlers get stable';
    case 'cohort':
      return `cohort ${rule.index + 1} of the route has them in it: ${describeCohort(route.cohorts?.[rule.index])}`;
    case 'split':
      return `the split gives arm ${rule.index + 1} their draw: ${describeSplit(route, visitor)}`;
    case 'canary':
      return `the canary has them in its share: ${describeDraw(route, visitor)}`;
    case 'stable':
      return describeStable(route, visitor);
  }
}

function describeStable(route: ReadableRoute, visitor: Visitor): string {
  if (!isNavigation(visitor.headers)) {
    return `a file whose page is not known (no cookie ${PAGE_COOKIE} of a build in the route) gets stable`;
  }
  if (route.canary === undefined) return 'nothing rolls out, so stable serves them';
  return `they are not in the canary's share: ${describeDraw(route, visitor)}`;
}

function describeDraw(route: ReadableRoute, visitor: Visitor): string {
  const { canary, idle } = route;
  if (canary === undefined) return 'there is none';
  const share = `it has those below ${canary.weight} (${canary.weight / 100} %, rollout ${canary.salt})`;
  const slot = readSlot(visitor);
  if (idle !== undefined) {
    const drawn = mix(mix(slot, visitor.now), canary.salt) % DRAWN;
    return `a session that begins now draws ${drawn} of ${DRAWN}, the next second another; ${share}`;
  }
  return `slot ${slot} draws ${mix(slot, canary.salt) % DRAWN} of ${DRAWN}; ${share}`;
}

function describeSplit({ split }: ReadableRoute, visitor: Visitor): string {
  if (split === undefined) return 'there is none';
  const slot = readSlot(visitor);
  let from = 0;
  const arms = split.arms.map(({ build, weight }) => {
    from += weight;
    return `${build[0]} ${from - weight} to ${from - 1}`;
  });
  return `slot ${slot} draws ${mix(slot, ~split.salt) % DRAWN} of ${DRAWN}; ${arms.join(', ')}`;
}

/** What comes before the rule that decided, in the edge's order, as far as it is there. */
function listPassedOver(
  route: ReadableRoute,
  visitor: Visitor,
  decided: Choice['rule'],
): readonly string[] {
  if (!isNavigation(visitor.headers) || decided.kind === 'preview') return [];
  const preview =
    readField(visitor.cookies, PREVIEW_COOKIE) === ''
      ? []
      : [
          `cookie ${PREVIEW_COOKIE}: not a preview that may be shown (previews are ${route.preview})`,
        ];
  if (decided.kind === 'crawler') return preview;
  const before = decided.kind === 'cohort' ? decided.index : undefined;
  const cohorts = (route.cohorts ?? []).slice(0, before).map((cohort, index) => {
    const isIn = isMember(cohort, visitor);
    const why = isIn ? `build ${cohort.build[0]} is quarantined` : 'does not match';
    return `cohort ${index + 1} (${describeCohort(cohort)}): ${why}`;
  });
  if (decided.kind === 'cohort' || decided.kind === 'session') return [...preview, ...cohorts];
  const isOver = readField(visitor.cookies, SESSION_COOKIE) !== '' && route.idle !== undefined;
  const session = isOver
    ? [`cookie ${SESSION_COOKIE}: idle for too long, or its build is no longer served`]
    : [];
  const split =
    decided.kind === 'split' || route.split === undefined
      ? []
      : [`split: no arm that may serve has their draw (${describeSplit(route, visitor)})`];
  return [...preview, ...cohorts, ...session, ...split];
}

/** Who is in it, by its conditions. */
export function describeCohort(cohort: Cohort | undefined): string {
  const { cookie, header, country, ip } = cohort ?? {};
  return [
    ...(cookie === undefined ? [] : [`cookie ${cookie.join('=')}`]),
    ...(header === undefined ? [] : [`header ${header.join(': ')}`]),
    ...(country === undefined ? [] : [`country ${country.join(' or ')}`]),
    ...(ip === undefined ? [] : [`address ${ip.join(' or ')}`]),
  ].join(' and ');
}
