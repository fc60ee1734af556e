import { EVERYONE } from '../../state/route.ts';
import { createCeiling } from './ceiling.ts';
import {
  SETTLED_SECONDS,
  WHITE_SECONDS,
  type ArmCount,
  type CountedVisitors,
  type SeenLine,
} from './evidence.ts';
import { createShareTest, TOO_MANY, UNEVEN, WORSE } from './share-test.ts';

/** What the lines must be about to count. */
export interface FoldedRollout {
  readonly stable: string;
  readonly canary: string;
  /** See `CountedVisitors`. */
  readonly sampling: number;
}

/**
 * Lines -> visitors. A visitor is a slot, counted from its first navigation since the rollout began,
 * in both arms alike, and decided by the first report after that, or by a minute without one.
 *
 * Worked example: `n` at 12:00:00, `e` and `r` at 12:00:02, `n` at 12:05, `o` at 12:05:03: one
 * visitor, who failed. A report from a tab that was open before the rollout has no `n`: it decides
 * nobody, and only tells whether too many such reports are the canary's.
 */
export function foldLines(
  lines: readonly SeenLine[],
  rollout: FoldedRollout,
  now: Date,
): CountedVisitors {
  const settled = now.getTime() - SETTLED_SECONDS * 1000;
  const own = lines.filter((line) => isOf(line, rollout) && line.at <= settled).toSorted(byTime);
  const tally = createTally();
  for (const line of own) {
    closeUnreported(tally, line.at);
    if (line.kind === 'n') takeNavigation(tally, line);
    else takeReport(tally, line);
  }
  closeUnreported(tally, settled);
  const { stable, canary, ceiling } = tally;
  const surgedAt = ceiling.surgedAt();
  const [first, last] = [own[0], own.at(-1)];
  return {
    kind: 'counted',
    sampling: rollout.sampling,
    stable,
    canary,
    errors: tally.errors.highest(),
    whites: tally.whites.highest(),
    uneven: tally.visits.highest(),
    unevenStrays: tally.strays.highest(),
    notDoubled: Math.exp(tally.notDoubled),
    ...(surgedAt !== undefined && { surgedAt }),
    ...(first && last && { span: { first: first.at, last: last.at, lines: own.length } }),
  };
}

interface Visitor {
  readonly arm: 'stable' | 'canary';
  readonly weight: number;
  readonly since: number;
  /** Came in a minute with too many. */
  readonly isLeftOut: boolean;
  isDecided: boolean;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Grows line by line; nobody outside sees it. */
interface Tally {
  readonly visitors: Map<number, Visitor>;
  /** In the order they came; those before `next` are decided. */
  readonly queue: Visitor[];
  next: number;
  readonly strayed: Set<number>;
  readonly ceiling: ReturnType<typeof createCeiling>;
  readonly stable: Mutable<ArmCount>;
  readonly canary: Mutable<ArmCount>;
  readonly errors: ReturnType<typeof createShareTest>;
  readonly whites: ReturnType<typeof createShareTest>;
  readonly visits: ReturnType<typeof createShareTest>;
  readonly strays: ReturnType<typeof createShareTest>;
  notDoubled: number;
}

function createTally(): Tally {
  return {
    visitors: new Map(),
    queue: [],
    next: 0,
    strayed: new Set(),
    ceiling: createCeiling(),
    stable: { visitors: 0, up: 0, failed: 0, white: 0 },
    canary: { visitors: 0, up: 0, failed: 0, white: 0 },
    errors: createShareTest(WORSE),
    whites: createShareTest(WORSE),
    visits: createShareTest(UNEVEN),
    strays: createShareTest(TOO_MANY),
    notDoubled: 0,
  };
}

/** Builds and arms must fit; with everyone in the canary there is nobody to compare it with. */
function isOf({ arm, build, weightBasisPoints }: SeenLine, rollout: FoldedRollout): boolean {
  const isShared = weightBasisPoints > 0 && weightBasisPoints < EVERYONE;
  return isShared && arm !== 'split' && build === rollout[arm];
}

/** Of one moment the navigation comes first: its reports follow. */
function byTime(one: SeenLine, other: SeenLine): number {
  return one.at - other.at || Number(other.kind === 'n') - Number(one.kind === 'n');
}

function takeNavigation(tally: Tally, line: SeenLine): void {
  const { slot, at, weightBasisPoints: weight } = line;
  if (tally.visitors.has(slot)) return;
  const arm = line.arm === 'canary' ? 'canary' : 'stable';
  const isLeftOut = !tally.ceiling.admits(at);
  const visitor: Visitor = { arm, weight, since: at, isLeftOut, isDecided: false };
  tally.visitors.set(slot, visitor);
  tally.queue.push(visitor);
  if (isLeftOut) return;
  tally[arm].visitors++;
  tally.visits.add(arm === 'canary', weight / EVERYONE);
}

function takeReport(tally: Tally, line: SeenLine): void {
  const { slot, kind, weightBasisPoints: weight } = line;
  const visitor = tally.visitors.get(slot);
  if (visitor === undefined) {
    if (kind === 'o' || tally.strayed.has(slot)) return;
    tally.strayed.add(slot);
    tally.strays.add(line.arm === 'canary', weight / EVERYONE);
    return;
  }
  if (visitor.isDecided) return;
  visitor.isDecided = true;
  // The weight changed in between: nobody knows which build the page was of.
  if (visitor.isLeftOut || visitor.weight !== weight || visitor.arm !== line.arm) return;
  const count = tally[visitor.arm];
  if (kind === 'o') {
    count.up++;
    return;
  }
  count.failed++;
  const isCanary = visitor.arm === 'canary';
  const share = weight / EVERYONE;
  tally.errors.add(isCanary, share);
  // Ratio 1 against ratio 2.
  tally.notDoubled += Math.log1p(share) - (isCanary ? Math.LN2 : 0);
}

/** Those who navigated so long before that a page would have reported. */
function closeUnreported(tally: Tally, time: number): void {
  for (; ; tally.next++) {
    const visitor = tally.queue[tally.next];
    if (visitor === undefined || visitor.since + WHITE_SECONDS * 1000 > time) return;
    if (visitor.isDecided) continue;
    visitor.isDecided = true;
    if (visitor.isLeftOut) continue;
    tally[visitor.arm].white++;
    tally.whites.add(visitor.arm === 'canary', visitor.weight / EVERYONE);
  }
}
