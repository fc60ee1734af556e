/** One cheap look at a rollout: its record, and the alarms as they are now. */
import type { AlarmState } from '../../core/rollout/verdict.ts';
import { planTogether } from '../../core/plan/plan-together.ts';
import { nameSubject, sealPlanSet, type Plan, type PlanSet } from '../../core/plan/plan.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../../core/policy/subjects.ts';
import type { WatchedView } from '../../core/report/watch.ts';
import type { Context } from '../../ports/context.ts';
import type { RunFacts } from '../../ports/surroundings.ts';
import { attemptEach } from '../../read/attempt-each.ts';
import { planEnvironments } from '../../read/plan-all.ts';

/** A rollout that is watched. */
export interface Watched extends WatchedView {
  readonly subject: EnvironmentSubject;
  /** The one that this watch knows of. */
  readonly generation: number;
  /** When it was last planned, in milliseconds since the epoch; undefined: not yet. */
  readonly plannedAt: number | undefined;
}

/** Why a rollout is not watched any more. */
export interface Gone {
  readonly text: string;
  readonly isRolledBack: boolean;
}

/** Visitors' reports and smoke checks are no alarms: as often as this everything is looked at. */
const PLAN_MILLISECONDS = 60_000;

/** The environments in which a rollout is under way. */
export async function findRollouts(
  context: Context,
  policies: Policies,
): Promise<readonly Watched[]> {
  const { done } = await attemptEach(
    subjectsOf(policies),
    ({ app, environment }) => ({
      kind: 'environment',
      app: app.app,
      environment: environment.name,
    }),
    async (subject): Promise<readonly Watched[]> => {
      const { app, environment } = subject;
      const stored = await context.records(app).read(app.app, environment.name);
      const record = stored?.record;
      if (record?.rollout === undefined || record.pause !== undefined) return [];
      const name = `${app.app}/${environment.name}`;
      const { generation, last } = record;
      const fresh = { until: undefined, alarms: [], plannedAt: undefined };
      return [{ subject, name, generation, why: last.why, ...fresh }];
    },
  );
  return done.flat();
}

/** Whether the rollout is still the one that is watched: one request. */
export async function findGone(
  context: Context,
  { subject, name, generation }: Watched,
): Promise<Gone | undefined> {
  const { app, environment } = subject;
  const stored = await context.records(app).read(app.app, environment.name);
  if (stored === undefined) return { text: `${name}  its record is gone`, isRolledBack: false };
  const { record } = stored;
  if (record.pause !== undefined) {
    return { text: `${name}  paused by ${record.pause.by}`, isRolledBack: false };
  }
  if (record.generation === generation) return undefined;
  const { event, by, why } = record.last;
  const text = `${name}  generation ${record.generation} is not this watch's: ${event} by ${by}. ${why}`;
  return { text, isRolledBack: event === 'rolled-back' };
}

/** Revisions of what the fast lane goes by, which every run brings up to its own policies; by app. */
export type Copies = ReadonlyMap<string, string | undefined>;

export async function readCopies(context: Context, watched: readonly Watched[]): Promise<Copies> {
  const apps = new Map(watched.map(({ subject: { app } }) => [app.app, app]));
  const read = [...apps.values()].map(async (app) => {
    const stored = await context.policyCopies(app).read(app.app);
    return [app.app, stored?.revision] as const;
  });
  return new Map(await Promise.all(read));
}

/** The alarms of all of them: one request for each region. */
export async function readAlarms(
  context: Context,
  watched: readonly Watched[],
): Promise<readonly AlarmState[]> {
  const alarms = watched.flatMap(({ subject }) => subject.environment.guard.alarms);
  const names = new Map(alarms.map((alarm) => [`${alarm.region} ${alarm.name}`, alarm]));
  return names.size === 0 ? [] : context.alarms.read([...names.values()]);
}

export function alarmsOf({ subject }: Watched, all: readonly AlarmState[]): readonly AlarmState[] {
  return subject.environment.guard.alarms.flatMap(
    ({ name, region }) => all.find((one) => one.name === name && one.region === region) ?? [],
  );
}

/** Something may be due: its time has come, an alarm changed, or nobody has looked for a while. */
export function needsPlan(
  { until, plannedAt, alarms: before }: Watched,
  alarms: readonly AlarmState[],
  now: Date,
): boolean {
  if (plannedAt === undefined || now.getTime() - plannedAt >= PLAN_MILLISECONDS) return true;
  const due = until === undefined ? undefined : Date.parse(until);
  const isDue = due !== undefined && due > plannedAt && now.getTime() >= due;
  return isDue || signatureOf(alarms) !== signatureOf(before);
}

/** That an alarm was in ALARM and is OK again shows in `since`. */
function signatureOf(alarms: readonly AlarmState[]): string {
  return JSON.stringify(
    alarms.map(({ name, region, state, since }) => [name, region, state, since]),
  );
}

/** The plan of one environment. */
export interface PlannedOne {
  readonly plan: Plan;
  /** With the rollbacks of those that move together with it. */
  readonly set: PlanSet;
}

/** What reconcile would do to this environment, and to those that go back with it; throws what reading it threw. */
export async function planOne(
  context: Context,
  { subject, name }: Watched,
  { policies, run }: { readonly policies: Policies; readonly run: RunFacts },
): Promise<PlannedOne> {
  // Every minute that it reads is no news.
  const quiet = { ...context, terminal: { ...context.terminal, progress: () => {} } };
  const names = subject.together ?? [name];
  const { done, failures } = await planEnvironments(quiet, onlyThese(policies, names), run);
  const failed = failures.find((failure) => nameSubject(failure.subject) === name);
  if (failed !== undefined) throw failed.error;
  const plans = planTogether({ planned: done, guarded: [] }, policies, (plan) => plan);
  const plan = plans.find((candidate) => nameSubject(candidate.subject) === name);
  if (plan === undefined) throw new Error(`${name} has no plan`);
  const back = plans.filter((other) => other !== plan && other.direction === 'rollback');
  return { plan, set: sealPlanSet([plan, ...back]) };
}

function onlyThese(policies: Policies, names: readonly string[]): Policies {
  const apps = policies.apps.map((app) => ({
    ...app,
    environments: app.environments.filter((one) => names.includes(`${app.app}/${one.name}`)),
  }));
  return { ...policies, apps: apps.filter(({ environments }) => environments.length > 0) };
}
