import { applyAll } from '../../../../controller/apply/apply-all.ts';
import { changePause } from '../../../../controller/apply/change-pause.ts';
import { RefusedError } from '../../../../controller/core/errors.ts';
import { planEnvironment } from '../../../../controller/core/plan/environment.ts';
import type { EnvironmentFacts } from '../../../../controller/core/plan/facts.ts';
import { sealPlanSet, type Plan } from '../../../../controller/core/plan/plan.ts';
import { planRollback } from '../../../../controller/core/plan/rollback.ts';
import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import { answerAlarm } from '../../../../controller/lambda/answer-alarm.ts';
import type { Outcome } from '../../../../controller/core/report/outcome.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import { readForRollback } from '../../../../controller/read/for-rollback.ts';
import { readTarget } from '../../../../controller/read/rollback-target.ts';
import { BUCKET, REGION } from '../../../fakes/cloud/cloud.ts';
import { appPolicy } from '../../../fakes/world/policies.ts';
import type { Fault } from './scheduler.ts';
import { ALARMS, type Stage } from './stage.ts';

/** `alarm`: the fast lane, woken by an alarm. `person`: `headgate rollback`, with or without a build. */
export type Errand =
  | { readonly do: 'reconcile' }
  | { readonly do: 'alarm' }
  | { readonly do: 'person'; readonly to: string | undefined }
  | { readonly do: 'pause' | 'resume' };

/** One process, from its start to its end or its death. */
export interface Actor {
  readonly name: string;
  readonly errand: Errand;
  /** Its checkout. */
  readonly policy: EnvironmentPolicy;
  /** The happening it was started by. */
  readonly since: number;
  /** Its nth write meets this. */
  readonly fault: { readonly kind: Fault; readonly nth: number } | undefined;
  writes: number;
  isOver: boolean;
  outcome: Outcome | undefined;
  /** The rollout whose failure it has been shown. */
  sawFail: number | undefined;
  /** Version of the route's parameter as it last saw it. */
  seenVersion: number;
}

/** A bug planted into every actor. */
export interface Planted {
  readonly context?: (context: Context) => Context;
  readonly facts?: (facts: EnvironmentFacts) => EnvironmentFacts;
  readonly plan?: (plan: Plan) => Plan;
}

interface Run {
  readonly stage: Stage;
  readonly actor: Actor;
  readonly context: Context;
  readonly planted: Planted;
}

const RUN = { by: 'tester', commit: 'abc' };

export async function runErrand(run: Run): Promise<void> {
  const { errand } = run.actor;
  switch (errand.do) {
    case 'reconcile':
      return apply(run, async () => {
        const facts = await readEnvironment(run.context, subjectOf(run), RUN);
        return planEnvironment(plant(run, facts));
      });
    case 'alarm':
      return rollBackByAlarm(run);
    case 'person':
      return apply(run, () => planByHand(run, errand.to));
    case 'pause':
    case 'resume': {
      const { context, stage } = run;
      const asked = { by: 'somebody', at: context.clock.now().toISOString(), reason: 'a look' };
      const isResume = errand.do === 'resume';
      if ((await stage.record()) === undefined) return;
      await changePause(context, subjectOf(run), { asked, isResume });
    }
  }
}

function subjectOf({ stage, actor: { policy } }: Run) {
  return { app: appPolicy(policy), environment: policy, group: stage.group };
}

function plant({ planted }: Run, facts: EnvironmentFacts): EnvironmentFacts {
  return planted.facts?.(facts) ?? facts;
}

/** As the commands do. */
async function apply(run: Run, makePlan: () => Promise<Plan>): Promise<void> {
  const { planted, context, actor } = run;
  const makePlans = async () => {
    const plan = await makePlan();
    return { set: sealPlanSet([planted.plan?.(plan) ?? plan]) };
  };
  const { set } = await makePlans();
  const [outcome] = await applyAll(set, { context, makePlans });
  actor.outcome = outcome;
}

async function planByHand(run: Run, wanted: string | undefined): Promise<Plan> {
  const { context } = run;
  const { facts: read } = await readForRollback(context, subjectOf(run));
  const facts = plant(run, read);
  const cause = { reason: 'manual', evidence: ['asked for by hand'] } as const;
  if (wanted === undefined) return planRollback(facts, cause);
  const found = await readTarget(context, facts, wanted);
  if ('refusal' in found) throw new RefusedError(found.refusal.message, found.refusal.next);
  return planRollback(facts, { ...cause, to: found.target });
}

/** As the fast lane does, whichever alarm it was. */
async function rollBackByAlarm({ context, stage }: Run): Promise<void> {
  const entry = stage.fired.at(-1);
  const alarm = ALARMS.find(({ name }) => name === entry?.name);
  if (entry === undefined || alarm === undefined) return;
  const place = { bucket: BUCKET, region: REGION, app: 'shop', environment: 'prod' };
  await answerAlarm(context, { ...place, alarm, firedAt: new Date(entry.at).toISOString() });
}
