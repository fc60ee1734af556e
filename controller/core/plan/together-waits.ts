/** Who of those that move together waits, and for whom. */
import { moveOf } from './coupled-move.ts';
import { KEYS_PER_WRITE } from '../state/train.ts';
import { keysOfPlan } from './couple.ts';
import type { Company } from './company.ts';
import type { Plan } from './plan.ts';
import { isLeaving, isRolling, nameFacts, type Group, type Planned } from './together-group.ts';

/** What the others wait for. */
interface Obstacle {
  readonly name: string;
  readonly why: string;
  /** When time alone will end it. ISO 8601. */
  readonly until?: string | undefined;
}

type Waits = ReadonlyMap<Planned, Company>;

/**
 * Those that have to wait, with the reason. A move that visitors see is made by all that take part, to the
 * same share, or by nobody.
 *
 * Worked example: shop could go to 25 %, checkout's alarm has no data yet. Shop waits for checkout; when
 * both can, both go in one write. Admin, whose policy names nothing new, takes no part and holds up nobody.
 */
export function findWaits({ planned, missing }: Pick<Group, 'planned' | 'missing'>): Waits {
  const moving = planned.filter(({ plan }) => moveOf(plan) !== undefined);
  if (moving.length === 0) return new Map();
  const isUnderWay = planned.some((one) => isRolling(one) && !isLeaving(one));
  const parties = isUnderWay ? findBehind(planned.filter(isRolling)) : planned.filter(takesPart);
  const stuck = parties.filter((one) => !isGoing(one, isUnderWay));
  const obstacles = [...missing.map(describeMissing), ...stuck.map(describeStuck)];
  if (obstacles.length > 0) return holdBack(moving, obstacles);
  const reached = new Set(parties.map(reachOf).filter((share) => share !== undefined));
  // Of one step, yet not to one share: an approval that one lacks, or a step that the policy has raised.
  if (reached.size > 1) return holdBack(moving, parties.map(describeOther));
  const crowd = describeCrowd(parties);
  if (crowd !== undefined) return holdBack(moving, [crowd]);
  const left = moving.filter((one) => !parties.includes(one));
  return holdBack(left, parties.map(describeGoing));
}

/** undefined: its rollout ends, which is no share. */
function reachOf({ plan }: Planned): number | undefined {
  const move = moveOf(plan);
  return move?.kind === 'end' ? undefined : move?.reaches;
}

/** Whoever is ahead, by what the policy said before, waits until the others are there. */
function findBehind(rolling: readonly Planned[]): readonly Planned[] {
  const least = Math.min(...rolling.map(shareOf));
  return rolling.filter((one) => shareOf(one) === least);
}

function shareOf({ facts }: Planned): number {
  return facts.adoption.record?.rollout?.weightBasisPoints ?? 0;
}

/**
 * In a start: all whose policy names something that is not live there, be it barred. Who starts without it
 * would be live with what nobody has tried it with.
 */
function takesPart({ facts, plan }: Planned): boolean {
  if (moveOf(plan) !== undefined) return true;
  const { environment, builds, adoption } = facts;
  const { record } = adoption;
  const desired = builds.get(environment.release.build)?.build.digest;
  if (record === undefined || desired === undefined) return true;
  return desired !== record.stable.digest;
}

function isGoing({ plan }: Planned, isUnderWay: boolean): boolean {
  const kind = moveOf(plan)?.kind;
  return isUnderWay ? kind === 'step' || kind === 'finish' : kind !== undefined;
}

function describeMissing(name: string): Obstacle {
  return { name, why: "it could not be read, or its policy can't be used" };
}

function describeStuck(one: Planned): Obstacle {
  const { plan } = one;
  return { name: nameFacts(one.facts), why: explain(plan), until: plan.until };
}

function explain({ refusals, why, direction, changes }: Plan): string {
  const [refusal] = refusals;
  if (refusal !== undefined) return refusal.message;
  if (direction === 'rollback') return 'it is rolled back';
  const isFirst = changes.some(
    (change) => change.kind === 'append-history' && change.entry.event === 'first-release',
  );
  return isFirst ? 'it gets its first release before that' : why.replace(/\.$/, '');
}

function describeGoing(one: Planned): Obstacle {
  return {
    name: nameFacts(one.facts),
    why: `it is not as far: ${one.plan.why.replace(/\.$/, '')}`,
  };
}

function describeOther(one: Planned): Obstacle {
  return {
    name: nameFacts(one.facts),
    why: `it would go to another share: ${one.plan.why.replace(/\.$/, '')}`,
  };
}

/** Only hosts that come and go make it too long; they move alone first, and then it fits. */
function describeCrowd(going: readonly Planned[]): Obstacle | undefined {
  const count = going.flatMap(({ plan }) => keysOfPlan(plan)).length;
  if (going.length === 1 || count <= KEYS_PER_WRITE) return undefined;
  const why = `all hosts together are ${count} keys, and one write takes ${KEYS_PER_WRITE}`;
  return { name: 'fewer hosts', why };
}

function holdBack(held: readonly Planned[], obstacles: readonly Obstacle[]): Waits {
  return new Map(held.map((one) => [one, waitFor(one, obstacles)]));
}

function waitFor(one: Planned, obstacles: readonly Obstacle[]): Company {
  const own = nameFacts(one.facts);
  const others = obstacles.filter(({ name }) => name !== own);
  const untils = others.flatMap(({ until }) => until ?? []).toSorted();
  const until = untils.length === others.length ? untils.at(-1) : undefined;
  const list = others.map(({ name, why }) => `${name} (${why})`).join(', ');
  const why =
    list === ''
      ? 'Waits for those that move together with it.'
      : `Waits for ${list}, to move together.`;
  const condition = until === undefined ? 'blocked' : 'waiting';
  return { waits: { condition, why, ...(until !== undefined && { until }) } };
}
