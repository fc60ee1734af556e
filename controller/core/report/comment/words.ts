/** Plain words for what a review holds. */
import type { Review } from '../../plan/review.ts';
import type { Serving, Share } from '../../plan/review-shares.ts';
import type { Blocker } from '../../plan/review-blockers.ts';
import { EVERYONE } from '../../state/route.ts';
import { cutText } from '../cut.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Standing } from './standing.ts';

/** What happens to it; never an emoji alone. */
export function describeStanding(standing: Standing, plan: Plan): string {
  switch (standing) {
    case 'rollback':
      return '⬅️ rolls back';
    case 'refused':
      return `⛔ refused${describeRest(plan)}`;
    case 'blocked':
      return `⏸️ ${BLOCKED[plan.review?.blockers[0]?.kind ?? 'evidence']}${describeRest(plan)}`;
    case 'move':
      return `➡️ ${EVENTS[plan.review?.event ?? 'settings-changed'] ?? 'moves'}`;
    case 'repair':
      return '🔧 put right';
    case 'underway':
      return '⏳ under way';
    case 'idle':
      return 'nothing to do';
  }
}

/** What keeps back a release doesn't keep back the rest of the policy. */
function describeRest({ direction }: Plan): string {
  return direction === 'forward' ? ', other settings go out' : '';
}

const EVENTS: Partial<Record<NonNullable<Review['event']>, string>> = {
  'first-release': 'first release',
  'rollout-started': 'rollout starts',
  'rollout-superseded': 'rollout is replaced',
  'rollout-aborted': 'rollout ends',
  step: 'next step',
  'bake-started': 'goes to everyone',
  'rollout-finished': 'becomes stable',
  'visitors-failed': 'held by reports',
  'hold-ended': 'hold ends',
  'settings-changed': 'settings only',
};

export const BLOCKED: Readonly<Record<Blocker['kind'], string>> = {
  alarm: 'blocked by an alarm',
  approval: 'waits for approval',
  breaker: 'blocked',
  'edge-code': 'waits for edge code',
  evidence: 'waits for evidence',
  frozen: 'frozen',
  held: 'held',
  'not-published': 'not published',
  paused: 'paused',
  provenance: 'blocked for want of provenance',
  quarantined: 'quarantined',
  refused: 'refused',
  requires: 'waits for another environment',
  smoke: 'blocked by a smoke check',
  train: 'waits for its train',
};

/** `build 1042`, `build 1043 (5 %), build 1042 (95 %)`. */
export function describeShares(serving: Serving | undefined): string {
  const [only, ...others] = serving?.shares ?? [];
  if (only === undefined) return 'nothing';
  if (others.length === 0) return nameShare(only);
  // What is new comes first, as everywhere else.
  return [...others, only]
    .map((one) => `${nameShare(one)} (${percent(one.basisPoints)})`)
    .join(', ');
}

function nameShare({ build, origin }: Share): string {
  return `${origin === undefined ? 'build' : 'origin'} ${build}`;
}

export function percent(basisPoints: number): string {
  // No break between them: a column of a table is narrow.
  return `${basisPoints / 100}\u00A0%`;
}

/** How many get another build. Sampled: so it is rounded, and says so. */
export function describeMoved({ movedBasisPoints: moved, isUnseen, now }: Review): string {
  if (isUnseen) return 'no change for visitors';
  if (moved === 0) return 'none';
  if (now === undefined) return 'everyone: first release';
  if (moved === EVERYONE) return 'everyone';
  return moved < 100 ? `under ${percent(100)}` : `about ${percent(Math.round(moved / 100) * 100)}`;
}

/** `stable`, `being rolled out`, `test`. */
export function describeRole(role: Share['role']): string {
  return { stable: 'stable', canary: 'rolling out', split: 'fixed test' }[role];
}

/** Ends as a sentence does. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** `1 is`, `3 are`. */
export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Cut at a word, if there is one near the end, and not within `code`. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = cutText(text, length - 1, '');
  const isInCode = cut.split('`').length % 2 === 0;
  const at = isInCode ? cut.lastIndexOf('`') : cut.lastIndexOf(' ');
  return `${(at > length * 0.7 ? cut.slice(0, at) : cut).trimEnd()}…`;
}
