import { applyAll } from '../../../../controller/apply/apply-all.ts';
import { changePause } from '../../../../controller/apply/change-pause.ts';
import { coupleTrains } from '../../../../controller/core/plan/couple.ts';
import { planEnvironment } from '../../../../controller/core/plan/environment.ts';
import type { EnvironmentFacts } from '../../../../controller/core/plan/facts.ts';
import { sealPlanSet, type Plan } from '../../../../controller/core/plan/plan.ts';
import { moveTogether } from '../../../../controller/core/plan/together.ts';
import type {
  EnvironmentPolicy,
  TogetherPolicy,
} from '../../../../controller/core/policy/policy.ts';
import type { EnvironmentSubject } from '../../../../controller/core/policy/subjects.ts';
import { answerAlarm } from '../../../../controller/lambda/answer-alarm.ts';
import type { Outcome } from '../../../../controller/core/report/outcome.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { believeFirst } from '../../../../controller/read/believe.ts';
import { planByHand } from '../../../../controller/read/by-hand.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import type { Planned } from '../../../../controller/read/plan-all.ts';
import { BUCKET, REGION } from '../../../fakes/cloud/cloud.ts';
import type { Fault } from './scheduler.ts';
import type { Stage } from '../../../fakes/stage.ts';

/** `alarm`: the fast lane, woken by an alarm. `person`: `headgate rollback`, with or without a build. */
export type Errand =
  /** As the fast lane does it on its schedule: the store is looked at where there is something to do. */
  | { readonly do: 'reconcile'; readonly believes?: boolean }
  | { readonly do: 'alarm' }
  | { readonly do: 'person'; readonly to: string | undefined }
  | { readonly do: 'pause' | 'resume' };

/** One process, from its start to its end or its death. */
export interface Actor {
  readonly name: string;
  readonly errand: Errand;
  /** Its checkout: the policy of each app. */
  readonly policies: ReadonlyMap<string, EnvironmentPolicy>;
  /** The happening it was started by. */
  readonly since: number;
  /** Its nth write meets this. */
  readonly fault: { readonly kind: Fault; readonly nth: number } | undefined;
  writes: number;
  isOver: boolean;
  outcome: Outcome | undefined;
  /** By app: the rollout whose failure it has been shown. */
  readonly sawFail: Map<string, number | undefined>;
  /** Version of the route's parameter as it last saw it. */
  seenVersion: number;
}

/** A bug planted into every actor. */
export interface Planted {
  readonly context?: (context: Context) => Context;
  readonly facts?: (facts: EnvironmentFacts) => EnvironmentFacts;
  readonly plan?: (plan: Plan) => Plan | readonly Plan[];
  /** As if the policy did not say that they move together. */
  readonly isApart?: true;
}

interface Run {
  /** All environments there are. */
  readonly stages: readonly Stage[];
  /** The one that it is about, unless it is about all. */
  readonly stage: Stage;
  readonly actor: Actor;
  readonly context: Context;
  readonly planted: Planted;
}

const RUN = { by: 'tester', commit: 'abc' };

export function policyOf({ policies }: Actor, app: string): EnvironmentPolicy {
  const policy = policies.get(app);
  if (policy === undefined) throw new Error(`no policy of ${app}`);
  return policy;
}

/** Those that move together, where there are two. */
const TOGETHER = ['checkout/prod', 'shop/prod'];

export async function runErrand(run: Run): Promise<void> {
  const { errand } = run.actor;
  switch (errand.do) {
    case 'reconcile':
      return apply(run, () => planReconcile(run, errand.believes === true));
    case 'alarm':
      return rollBackByAlarm(run);
    case 'person':
      return apply(run, () => planPerson(run, errand.to));
    case 'pause':
    case 'resume': {
      const { context, stage } = run;
      const asked = { by: 'somebody', at: context.clock.now().toISOString(), reason: 'a look' };
      const isResume = errand.do === 'resume';
      if ((await stage.record()) === undefined) return;
      await changePause(context, subjectOf(run, stage), { asked, isResume });
    }
  }
}

async function planReconcile(run: Run, isThrifty: boolean): Promise<readonly Plan[]> {
  if (!isThrifty) return (await planAll(run)).plans;
  const makePlans = async (believes: boolean) => {
    const { plans, environments } = await planAll(run, believes);
    return { set: sealPlanSet(plans), environments, failures: [] };
  };
  return (await believeFirst(makePlans)).set.plans;
}

async function planAll(
  run: Run,
  believes = false,
): Promise<Pick<Planned, 'environments'> & { readonly plans: readonly Plan[] }> {
  const planned = await Promise.all(
    run.stages.map(async (stage) => {
      const read = await readEnvironment(run.context, subjectOf(run, stage), { ...RUN, believes });
      const facts = run.planted.facts?.(read) ?? read;
      return { facts, plan: planEnvironment(facts) };
    }),
  );
  const together = togetherOf(run);
  const moved = moveTogether({ planned, guarded: [] }, together).planned;
  const plans = coupleTrains(
    moved.map(({ plan }) => plan),
    together,
  );
  return { plans, environments: planned };
}

function togetherOf({ stages, planted }: Run): readonly TogetherPolicy[] {
  return stages.length > 1 && planted.isApart !== true ? [TOGETHER] : [];
}

function subjectOf(run: Run, stage: Stage): EnvironmentSubject {
  const [together] = togetherOf(run);
  const appOf = (one: Stage) => one.appOf(policyOf(run.actor, one.app));
  const app = appOf(stage);
  const neighbours = run.stages.filter((one) => one !== stage).map(appOf);
  const [environment = policyOf(run.actor, stage.app)] = app.environments;
  return { app, environment, group: stage.group, neighbours, ...(together && { together }) };
}

/** As the commands do. */
async function apply(run: Run, plan: () => Promise<readonly Plan[]>): Promise<void> {
  const { planted, context, actor } = run;
  const makePlans = async () => {
    const plans = await plan();
    return { set: sealPlanSet(plans.flatMap((one) => planted.plan?.(one) ?? one)) };
  };
  const { set } = await makePlans();
  const [outcome] = await applyAll(set, { context, makePlans });
  actor.outcome = outcome;
}

async function planPerson(run: Run, to: string | undefined): Promise<readonly Plan[]> {
  const subject = subjectOf(run, run.stage);
  const policies = run.stages.map((stage) => subjectOf(run, stage));
  const asked = { subject, policies, to, reason: 'asked for by hand' };
  const { own, mates } = await planByHand(run.context, asked);
  return [own, ...mates];
}

/** As the fast lane does, whichever alarm it was. */
async function rollBackByAlarm({ context, stage }: Run): Promise<void> {
  const entry = stage.fired.at(-1);
  const alarm = stage.alarms.find(({ name }) => name === entry?.name);
  if (entry === undefined || alarm === undefined) return;
  const place = { bucket: BUCKET, region: REGION, app: stage.app, environment: 'prod' };
  await answerAlarm(context, { ...place, alarm, firedAt: new Date(entry.at).toISOString() });
}
