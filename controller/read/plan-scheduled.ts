import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { planTogether } from '../core/plan/plan-together.ts';
import { nameSubject, sealPlanSet, type Plan } from '../core/plan/plan.ts';
import { nameFacts, type Guarded, type Planning } from '../core/plan/together-group.ts';
import { withoutCode } from '../core/plan/without-code.ts';
import { listLeftOut } from '../core/policy/places.ts';
import { readCopy, type PolicyCopy } from '../core/policy/policy-copy.ts';
import type { EdgeGroup, Policies } from '../core/policy/policy.ts';
import type { Failure } from '../core/report/failure.ts';
import { nameMember } from '../core/state/train.ts';
import type { CodeRecord } from '../core/state/code-record.ts';
import type { Context } from '../ports/context.ts';
import { attemptEach } from './attempt-each.ts';
import type { Reading } from './environment.ts';
import { readMates } from './mates.ts';
import {
  findUnread,
  nameEnvironment,
  nameLeftOut,
  planEnvironments,
  planGuardAlone,
  planRemembered,
  type Planned,
  type PlannedEnvironment,
} from './plan-all.ts';
import { nameGroup, readCodeRecord } from './plan-groups.ts';

const LEFT = { left: '`headgate reconcile`', takesFirst: false } as const;

/**
 * The plans of some apps' environments, each by the copy of its policy: what `reconcile` would do, but for
 * edge code and settings. One environment's failure stays its own, but for those that move together with
 * it: one whose app isn't among these holds the others back, and goes back with them.
 */
export async function planScheduled(
  context: Context,
  copies: readonly PolicyCopy[],
  how: Pick<Reading, 'by' | 'believes'>,
): Promise<Planned> {
  const parts = await Promise.all(copies.map((copy) => planPart(context, copy, how)));
  // Every copy has the whole edge.yaml, though not of the same time.
  const together = parts.flatMap(({ policies }) => policies.together ?? []);
  const codeOf = new Map(parts.flatMap(({ codes }) => codes));
  const finish = (plan: Plan, facts: EnvironmentFacts) =>
    withoutCode(plan, facts, { ...LEFT, codes: codeOf.get(facts.group.name) });
  const planned = parts.flatMap((part) => part.planned);
  const guarded = parts.flatMap((part) => part.guarded);
  const make = (absent: readonly Guarded[]) =>
    planTogether({ planned, guarded: [...guarded, ...absent] }, { together }, finish);
  const plans = make([]);
  const absent = await readAbsent(context, { planned, guarded }, plans);
  return {
    set: sealPlanSet(absent.length === 0 ? plans : make(absent)),
    failures: parts.flatMap(({ failures }) => failures),
    environments: planned,
  };
}

/** Those whose app isn't among these, and that move together with one that goes back: they go back with it. */
async function readAbsent(
  context: Context,
  { planned, guarded }: Planning,
  plans: readonly Plan[],
): Promise<readonly Guarded[]> {
  const present = new Map([...planned, ...guarded].map(({ facts }) => [nameFacts(facts), facts]));
  const back = plans
    .flatMap(({ direction, subject }) =>
      direction === 'rollback' ? (present.get(nameSubject(subject)) ?? []) : [],
    )
    .filter(({ adoption }) =>
      adoption.record?.remembered?.together?.some((mate) => !present.has(nameMember(mate))),
    );
  const read = await Promise.all(
    back.map((facts) => readMates(context, facts, { record: facts.adoption.record })),
  );
  const mates = new Map(read.flatMap((one) => one.mates).map((facts) => [nameFacts(facts), facts]));
  const absent = [...mates].filter(([name]) => !present.has(name));
  return absent.map(([, facts]) => ({ facts, plan: undefined }));
}

interface Part {
  readonly policies: Policies;
  readonly planned: readonly PlannedEnvironment[];
  readonly guarded: readonly Guarded[];
  readonly codes: readonly (readonly [string, CodeRecord | undefined])[];
  readonly failures: readonly Failure[];
}

async function planPart(
  context: Context,
  copy: PolicyCopy,
  { by, believes = false }: Pick<Reading, 'by' | 'believes'>,
): Promise<Part> {
  const run = { by, commit: copy.commit };
  const { policies, places } = readCopy(copy);
  // A version of ours that is older than the copy may not understand it: the guard goes on.
  const leftOut = listLeftOut(places, policies);
  const [environments, codes] = await Promise.all([
    planEnvironments(context, policies, { ...run, believes }),
    attemptEach(usedGroups(policies), nameGroup, (group) => readCodeRecord(context, group)),
  ]);
  const unread = findUnread(policies, environments.failures);
  const own = { ...context, surroundings: { ...context.surroundings, facts: async () => run } };
  const [guarded, remembered] = await Promise.all([
    attemptEach(unread, nameEnvironment, (subject) => planGuardAlone(own, subject)),
    attemptEach(leftOut, nameLeftOut, (place) => planRemembered(own, place)),
  ]);
  return {
    policies,
    planned: environments.done,
    guarded: [...guarded.done, ...remembered.done].flat(),
    codes: codes.done,
    // Of a group whose code isn't known nothing moves forward, but the guard goes on.
    failures: [environments, codes, remembered].flatMap((one) => one.failures),
  };
}

/** Those that have environments here. */
function usedGroups({ groups, apps }: Policies): readonly EdgeGroup[] {
  const used = new Set(apps.flatMap((app) => app.environments.map(({ edge }) => edge.group)));
  return groups.filter(({ name }) => used.has(name));
}
