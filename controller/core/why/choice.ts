/** Which rule of a route chose the build, told by the edge's own code. */
import type { BuildRef } from '../../../edge/contract/route.ts';
import { SLOTS } from '../../../edge/contract/visitor-line.ts';
import { SLOT_COOKIE } from '../../../edge/core/cookies.ts';
import { chooseBuild } from '../../../edge/core/choose-build.ts';
import { decide } from '../../../edge/core/decide.ts';
import { readPreview } from '../../../edge/core/preview.ts';
import type { ReadableRoute } from '../../../edge/core/read-route.ts';
import { isNavigation, type Visitor } from '../../../edge/core/visitor.ts';

export type Rule =
  | { readonly kind: 'preview' | 'page' | 'session' | 'canary' | 'stable' | 'crawler' }
  /** Their place in the route, from 0 on. */
  | { readonly kind: 'cohort' | 'split'; readonly index: number };

export interface Choice {
  readonly build: string;
  readonly rule: Rule;
}

/** No build number has it, and no cookie can carry it. */
const MARK = '\0';

/**
 * Asks the edge's `decide` what this visitor gets from a route in which every rule offers a build of
 * its own name: the answer is then the rule itself. Whatever `decide` does, this can't say otherwise.
 *
 * Worked example: stable 1 with a canary of 2 becomes stable `\0stable` with a canary of `\0canary`,
 * and 1 and 2 are kept, so that cookies may go on naming them.
 */
export function explainChoice(route: ReadableRoute, visitor: Visitor): Choice {
  const choice = readChoice(route, visitor, markRules(route));
  const told = askBuild(route, visitor);
  if (choice.build === told) return choice;
  throw new Error(`the edge serves ${told}, but the rule was told to be ${choice.rule.kind}`);
}

/** Slots that are looked at; they lie evenly, and the draw scrambles them. */
const SAMPLE = 4000;

export interface Share extends Choice {
  /** Of SAMPLE new visitors. */
  readonly percent: number;
}

/** What new visitors get, whose slot nobody knows yet, the greatest share first. */
export function sampleShares(route: ReadableRoute, visitor: Visitor): readonly Share[] {
  const marked = markRules(route);
  const counts = new Map<string, { choice: Choice; count: number }>();
  for (let index = 0; index < SAMPLE; index++) {
    const value = String(Math.floor((index * SLOTS) / SAMPLE));
    const cookies = { ...visitor.cookies, [SLOT_COOKIE]: { value } };
    const choice = readChoice(route, { ...visitor, cookies }, marked);
    const key = JSON.stringify(choice);
    counts.set(key, { choice, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()]
    .toSorted((a, b) => b.count - a.count)
    .map(({ choice, count }) => ({ ...choice, percent: (count * 100) / SAMPLE }));
}

/**
 * How many basis points of visitors get another build from the second route than from the first: the edge's
 * own choice for the same SAMPLE slots, so it is right to about two points in a hundred.
 */
export function sampleMoved(before: ReadableRoute, after: ReadableRoute, now: number): number {
  const choose = [chooserOf(before), chooserOf(after)] as const;
  if (choose.every((one) => one === undefined)) {
    return before.stable[0] === after.stable[0] ? 0 : WHOLE;
  }
  let moved = 0;
  for (let index = 0; index < SAMPLE; index++) {
    const visitor = newVisitor(Math.floor((index * SLOTS) / SAMPLE), now);
    const from = choose[0]?.(visitor) ?? before.stable[0];
    if (from !== (choose[1]?.(visitor) ?? after.stable[0])) moved++;
  }
  return Math.round((moved * WHOLE) / SAMPLE);
}

const WHOLE = 10_000;

/** undefined: nothing is drawn from it, so that nobody has to be asked. */
function chooserOf(route: ReadableRoute): ((visitor: Visitor) => string) | undefined {
  if (route.canary === undefined && route.split === undefined) return undefined;
  return (visitor) => chooseBuild(route, visitor);
}

const PAGE = { accept: { value: 'text/html' } };

/** A page's request of somebody who has a slot, and of whom nothing else is known. */
function newVisitor(slot: number, now: number): Visitor {
  const cookies = { [SLOT_COOKIE]: { value: String(slot) } };
  return { path: '/', query: '', cookies, headers: PAGE, ip: '', id: '', now, method: 'GET' };
}

function readChoice(route: ReadableRoute, visitor: Visitor, marked: ReadableRoute): Choice {
  const answer = askBuild(marked, visitor);
  if (!answer.startsWith(MARK)) {
    const isPreview = readPreview(route, visitor) !== false;
    const kind = isPreview ? 'preview' : isNavigation(visitor.headers) ? 'session' : 'page';
    return { build: answer, rule: { kind } };
  }
  const [kind = '', index = '0'] = answer.slice(1).split(' ');
  const rule = readRule(kind, Number(index));
  const isKept = rule.kind === 'stable' && isCrawler(marked, visitor);
  return { build: buildOf(route, rule), rule: isKept ? { kind: 'crawler' } : rule };
}

/** What `/_headgate/build` tells this visitor. */
function askBuild(route: ReadableRoute, visitor: Visitor): string {
  const decision = decide(route, { ...visitor, path: '/_headgate/build', query: '' });
  if (!('body' in decision)) throw new Error('the edge did not answer /_headgate/build');
  return String((JSON.parse(decision.body.data) as { readonly build: unknown }).build);
}

function mark(text: string): BuildRef {
  return [MARK + text, ''];
}

function markRules(route: ReadableRoute): ReadableRoute {
  const { canary, cohorts = [], split, kept, barred } = route;
  const arms = split?.arms ?? [];
  const offers = [
    ...cohorts.map(({ build }, index) => ({ build, mark: mark(`cohort ${index}`) })),
    ...arms.map(({ build }, index) => ({ build, mark: mark(`split ${index}`) })),
  ];
  const named = [route.stable, ...offers.map(({ build }) => build)];
  const isBarred = ({ build }: (typeof offers)[number]) => barred.includes(build[0]);
  return {
    ...route,
    stable: mark('stable'),
    ...(canary && { canary: { ...canary, build: mark('canary') } }),
    ...(route.cohorts && {
      cohorts: cohorts.map((one, at) => ({ ...one, build: mark(`cohort ${at}`) })),
    }),
    ...(split && {
      split: {
        ...split,
        arms: arms.map((one, at) => ({ ...one, build: mark(`split ${at}`) })),
      },
    }),
    kept: [...kept, ...named, ...(canary === undefined ? [] : [canary.build])],
    barred: [...barred, ...offers.filter(isBarred).map((offer) => offer.mark[0])],
  };
}

function readRule(kind: string, index: number): Rule {
  switch (kind) {
    case 'cohort':
    case 'split':
      return { kind, index };
    case 'canary':
      return { kind };
    default:
      return { kind: 'stable' };
  }
}

function buildOf(route: ReadableRoute, rule: Rule): string {
  const ref = refOf(route, rule) ?? route.stable;
  return ref[0];
}

function refOf({ canary, cohorts, split }: ReadableRoute, rule: Rule): BuildRef | undefined {
  if (rule.kind === 'canary') return canary?.build;
  if (rule.kind === 'cohort') return cohorts?.[rule.index]?.build;
  return rule.kind === 'split' ? split?.arms[rule.index]?.build : undefined;
}

/** Their name alone keeps them from anything else. */
function isCrawler(marked: ReadableRoute, visitor: Visitor): boolean {
  const { 'user-agent': agent, ...headers } = visitor.headers;
  return agent !== undefined && askBuild(marked, { ...visitor, headers }) !== `${MARK}stable`;
}
