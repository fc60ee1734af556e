/** One of those that move together fails: all that are under way go back with it. */
import { sealPlan, type Plan } from './plan.ts';
import { takeAlong, type First } from './take-along.ts';
import {
  nameFacts,
  type Finish,
  type Group,
  type Guarded,
  type Planned,
  type Planning,
} from './together-group.ts';

interface Culprit extends First {
  /** Until when at the latest it was rolled back, in milliseconds since the epoch; undefined: it is now. */
  readonly until: number | undefined;
}

/**
 * Also when one was rolled back since another's rollout began: whoever did that could not read that other
 * one, or knew nothing of it.
 */
export function rollBackMates(group: Group): Planning {
  const all: readonly Guarded[] = [...group.planned, ...group.guarded];
  // Whoever fails now comes first: that is the news.
  const culprits = [...all.flatMap(describeFailing), ...all.flatMap(describeRolledBack)];
  if (culprits.length === 0) return group;
  const read = all.map(({ facts }) => nameFacts(facts));
  const left = group.missing.filter((name) => !read.includes(name));
  const tell = <One extends Guarded>(one: One): One => ({ ...one, ...tellLeft(one, left) });
  return {
    planned: group.planned.map((one): Planned => {
      const plan = goBack(one, culprits, group.finish);
      return tell(plan === undefined ? one : { ...one, plan });
    }),
    guarded: group.guarded.map((one): Guarded => {
      const plan = goBack(one, culprits);
      return tell(plan === undefined ? one : { ...one, plan });
    }),
  };
}

function describeFailing({ facts, plan }: Guarded): readonly Culprit[] {
  if (plan?.direction !== 'rollback') return [];
  const marker = plan.changes.find((change) => change.kind === 'write-record')?.record.marker;
  const cause = { reason: marker?.reason ?? 'alarm', evidence: plan.evidence };
  return [{ member: nameFacts(facts), cause, until: undefined }];
}

function describeRolledBack({ facts }: Guarded): readonly Culprit[] {
  const { record } = facts.adoption;
  if (record?.marker === undefined || record.rollout !== undefined) return [];
  const { reason, at, gen } = record.marker;
  const member = nameFacts(facts);
  const time = new Date(at * 1000).toISOString();
  const evidence = [`${member} was rolled back at ${time} (${reason}, generation ${gen})`];
  // The route tells the second: rather once too often than not.
  return [{ member, cause: { reason, evidence }, until: (at + 1) * 1000 }];
}

/** undefined: it goes back by itself, or has nothing to go back from. */
function goBack(
  { facts, plan }: Guarded,
  culprits: readonly Culprit[],
  finish: Finish = (made) => made,
): Plan | undefined {
  const { rollout } = facts.adoption.record ?? {};
  if (plan?.direction === 'rollback' || rollout === undefined) return undefined;
  const startedAt = Date.parse(rollout.startedAt);
  const culprit = culprits.find(({ until }) => until === undefined || until > startedAt);
  const [made] = culprit === undefined ? [] : takeAlong([facts], culprit);
  return made && finish(made, facts);
}

function tellLeft({ plan }: Guarded, left: readonly string[]): { plan?: Plan } {
  if (plan?.direction !== 'rollback' || left.length === 0) return {};
  const note = `${left.join(', ')} could not be read and stays where it is; the next run that can read it takes it back`;
  return { plan: sealPlan({ ...plan, notes: [...plan.notes, note] }) };
}
