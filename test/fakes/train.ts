import { applyAll } from '../../controller/apply/apply-all.ts';
import { changePause } from '../../controller/apply/change-pause.ts';
import { planEnvironment } from '../../controller/core/plan/environment.ts';
import { planTogether } from '../../controller/core/plan/plan-together.ts';
import { sealPlanSet } from '../../controller/core/plan/plan.ts';
import type { EnvironmentSubject } from '../../controller/core/policy/subjects.ts';
import type { Outcome } from '../../controller/core/report/outcome.ts';
import type { Context } from '../../controller/ports/context.ts';
import { readEnvironment } from '../../controller/read/environment.ts';
import type { Send } from './cloud/ports.ts';
import { Stage } from './stage.ts';
import { GROUP } from './world.ts';

const TOGETHER = ['checkout/prod', 'shop/prod'];
const RUN = { by: 'tester', commit: 'abc' };

/** May throw, or do something else's work, before a request is carried out. */
export type Hook = (name: string, kind: 'read' | 'write') => Promise<void> | void;

/** Two environments of one store that move together, on the local cloud's state machines. */
export class Train {
  readonly shop: Stage;
  readonly checkout: Stage;
  /** All that was asked, in order. */
  readonly calls: string[] = [];

  private constructor(shop: Stage, checkout: Stage) {
    this.shop = shop;
    this.checkout = checkout;
  }

  /** Build 1 released in both. */
  static async create(): Promise<Train> {
    const [shop, checkout] = await Stage.create(GROUP, 2);
    if (shop === undefined || checkout === undefined) throw new Error('two environments');
    const train = new Train(shop, checkout);
    await train.reconcile();
    return train;
  }

  /** Build 2 rolling in both, at the first step. */
  static async rolling(): Promise<Train> {
    const train = await Train.create();
    train.name('2');
    await train.reconcile();
    // A rollback's second is told, not its millisecond.
    train.pass(1);
    train.calls.length = 0;
    return train;
  }

  get stages(): readonly Stage[] {
    return [this.shop, this.checkout];
  }

  /** Requests that changed something. */
  get writes(): readonly string[] {
    return this.calls.filter((name) => name.startsWith('write '));
  }

  /** The policies of these name this build. */
  name(build: string, stages: readonly Stage[] = this.stages): void {
    for (const stage of stages) {
      const { policy } = stage;
      stage.policy = { ...policy, release: { ...policy.release, build } };
    }
  }

  pass(seconds: number): void {
    this.shop.cloud.now += seconds * 1000;
  }

  async fire(stage: Stage): Promise<string> {
    const [alarm] = stage.alarms;
    if (alarm === undefined) throw new Error('no alarm');
    await stage.setAlarm(alarm.name, 'ALARM');
    return alarm.name;
  }

  async pause({ app, policy }: Stage): Promise<void> {
    const asked = { by: 'somebody', at: '2026-03-01T00:00:00Z', reason: 'a look' };
    const place = { app, bucket: 'builds', region: 'us-east-1' };
    await changePause(
      this.context(),
      { app: place, environment: policy },
      { asked, isResume: false },
    );
  }

  context(hook: Hook = () => {}): Context {
    const send: Send = async (name, kind, effect) => {
      if (kind !== 'sleep') await hook(name, kind);
      this.calls.push(name);
      return effect();
    };
    return this.shop.context(send);
  }

  subjects(): readonly EnvironmentSubject[] {
    const apps = this.stages.map((stage) => stage.appOf(stage.policy));
    return this.stages.map(({ policy: environment, group }, index) => {
      const [app = this.shop.appOf(environment)] = apps.slice(index);
      const neighbours = apps.filter((other) => other !== app);
      return { app, environment, group, neighbours, together: TOGETHER };
    });
  }

  /** As `headgate reconcile` does, but for what belongs to apps and groups. */
  async reconcile(hook?: Hook): Promise<readonly Outcome[]> {
    const context = this.context(hook);
    const makePlans = async () => {
      const planned = await Promise.all(
        this.subjects().map(async (subject) => {
          const facts = await readEnvironment(context, subject, RUN);
          return { facts, plan: planEnvironment(facts) };
        }),
      );
      const together = { together: [TOGETHER] };
      const plans = planTogether({ planned, guarded: [] }, together, (plan) => plan);
      return { set: sealPlanSet(plans) };
    };
    const { set } = await makePlans();
    return applyAll(set, { context, makePlans });
  }

  /** What visitors get, and what is recorded, of both: phase, stable and canary with its weight. */
  async tell(): Promise<readonly string[]> {
    return Promise.all(
      this.stages.map(async (stage) => {
        const route = stage.route;
        const record = await stage.record();
        const canary = route?.canary && ` ${route.canary.build[0]}@${route.canary.weight}`;
        return `${record?.phase} ${route?.stable[0]}${canary ?? ''}`;
      }),
    );
  }
}
