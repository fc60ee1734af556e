import { applyAll } from '../../controller/apply/apply-all.ts';
import { planTogether } from '../../controller/core/plan/plan-together.ts';
import { sealPlanSet, type Plan } from '../../controller/core/plan/plan.ts';
import type { Finish } from '../../controller/core/plan/together-group.ts';
import type {
  EnvironmentPolicy,
  Policies,
  TogetherPolicy,
} from '../../controller/core/policy/policy.ts';
import type { Outcome } from '../../controller/core/report/outcome.ts';
import { parseRoute } from '../../controller/core/state/route.ts';
import type { Context } from '../../controller/ports/context.ts';
import { planEnvironments, type Planned } from '../../controller/read/plan-all.ts';
import { AppWorld } from './world/fleet.ts';
import { createPorts, type WriteHook } from './world/ports.ts';
import { WorldState } from './world/state.ts';
import { GROUP } from './world.ts';

const RUN = { by: 'tester', commit: 'abc' };

/** Several apps with an environment `prod` each, that really share one KeyValueStore. */
export class Apps {
  readonly worlds: readonly AppWorld[];
  readonly together: readonly TogetherPolicy[];
  /** Store, parameters and clock. */
  readonly shared = new WorldState();
  /** What the store showed after each write. */
  readonly seen: string[] = [];
  /** Apps whose records can't be read. */
  readonly unreadable = new Set<string>();
  /** What plans go through after planning. */
  finish: Finish = (plan) => plan;

  constructor(names: readonly string[], together: readonly TogetherPolicy[] = []) {
    this.worlds = names.map((name) => new AppWorld(name));
    for (const world of this.worlds) world.publish('1', '2', '3');
    this.together = together;
  }

  /** Build 1 released everywhere; then all policies name build 2, which is at its first step. */
  static async rolling(
    names: readonly string[],
    together?: readonly TogetherPolicy[],
  ): Promise<Apps> {
    const apps = new Apps(names, together);
    await apps.reconcile();
    apps.name('2');
    apps.pass(1);
    await apps.reconcile();
    apps.takeWrites();
    apps.seen.splice(0);
    return apps;
  }

  at(name: string): AppWorld {
    const world = this.worlds.find((one) => one.name === name);
    if (world === undefined) throw new Error(`no app ${name}`);
    return world;
  }

  /** The policies of these name this build; all if none are given. */
  name(
    build: string,
    names: readonly string[] = this.worlds.map(({ name }) => name),
    changes: Partial<EnvironmentPolicy> = {},
  ): void {
    for (const name of names) {
      const world = this.at(name);
      world.policy = world.policyOf(build, changes);
    }
  }

  get policies(): Policies {
    return { groups: [GROUP], apps: this.worlds.map(({ app }) => app), together: this.together };
  }

  pass(seconds: number): void {
    for (const world of [this.shared, ...this.worlds]) world.pass(seconds);
  }

  /** What visitors get, by app, such as `1, 2 at 500`. */
  get shows(): readonly string[] {
    return this.worlds.map(({ host }) => {
      const route = parseRoute(this.shared.routes.get(host));
      if (route === undefined) return 'nothing';
      const { stable, canary } = route;
      return `${stable[0]}${canary === undefined ? '' : `, ${canary.build[0]} at ${canary.weight}`}`;
    });
  }

  /** Writes since the last call: `record shop`, but `routes` and SSM as they are. */
  takeWrites(): readonly string[] {
    return this.shared.writes.splice(0);
  }

  async plan(hook?: WriteHook): Promise<Planned> {
    const { done, failures } = await planEnvironments(this.context(hook), this.policies, RUN);
    const planning = { planned: done, guarded: [] };
    const plans = planTogether(planning, this.policies, this.finish);
    return { set: sealPlanSet(plans), failures, environments: done };
  }

  async planOf(name: string): Promise<Plan> {
    const { set } = await this.plan();
    const plan = set.plans.find(({ subject }) => subject.kind !== 'group' && subject.app === name);
    if (plan === undefined) throw new Error(`no plan of ${name}`);
    return plan;
  }

  async reconcile(hook?: WriteHook): Promise<readonly Outcome[]> {
    const makePlans = () => this.plan(hook);
    const { set, failures } = await makePlans();
    return applyAll(set, { context: this.context(hook), makePlans, failures });
  }

  context(hook: WriteHook = () => {}): Context {
    const shared = createPorts(this.shared, hook);
    const ports = new Map(this.worlds.map((world) => [world.name, this.#portsOf(world, hook)]));
    const of = (app: string) => ports.get(app) ?? shared;
    const owner = (alarm: string) => this.at(alarm.replace(/-prod-errors$/, ''));
    return {
      ...shared,
      routes: {
        ...shared.routes,
        write: async (store, revision, change) => {
          const outcome = await shared.routes.write(store, revision, change);
          this.seen.push(this.shows.join(' | '));
          return outcome;
        },
      },
      builds: (place) => ({
        ...shared.builds(place),
        readManifest: (app, ...build) =>
          of(app)
            .builds(place)
            .readManifest(app, ...build),
        hasFile: (app, ...file) =>
          of(app)
            .builds(place)
            .hasFile(app, ...file),
      }),
      records: (place) => ({
        ...shared.records(place),
        read: async (app, environment) => {
          if (this.unreadable.has(app)) throw new Error('S3 does not answer');
          return of(app).records(place).read(app, environment);
        },
        write: (record, revision) => of(record.app).records(place).write(record, revision),
        hasHistory: (app, ...entry) =>
          of(app)
            .records(place)
            .hasHistory(app, ...entry),
        appendHistory: (app, ...entry) =>
          of(app)
            .records(place)
            .appendHistory(app, ...entry),
      }),
      alarms: {
        read: async (alarms) =>
          alarms.map((alarm) => {
            const { alarm: state, alarmFacts } = owner(alarm.name);
            return { ...alarm, ...alarmFacts, state, reason: 'as set by the test' };
          }),
        entered: async (alarms, since) =>
          alarms.flatMap(({ name }) =>
            owner(name)
              .entries.filter(({ at }) => at >= since)
              .map((entry) => ({ ...entry, name })),
          ),
      },
      distributions: {
        ...shared.distributions,
        read: async (id) =>
          this.worlds.find(({ distributionId }) => distributionId === id)?.distribution,
      },
    };
  }

  #portsOf(world: AppWorld, hook: WriteHook): Context {
    return createPorts(world, async (moment, write) => {
      const name = `${write} ${world.name}`;
      await hook(moment, name);
      if (moment === 'before') this.shared.writes.push(name);
    });
  }
}
