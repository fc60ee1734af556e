import { keys } from '../../../../controller/core/state/keys.ts';
import type { EdgeGroup, EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import {
  RECORD_VERSION,
  type EnvironmentRecord,
} from '../../../../controller/core/state/record.ts';
import { HeadgateError } from '../../../../controller/core/errors.ts';
import { RetryError } from '../../../../controller/lambda/answer.ts';
import { putObject, getObject } from '../../../fakes/cloud/ports.ts';
import { HOST, DOMAIN } from '../../../fakes/world/policies.ts';
import { runErrand, type Actor, type Errand, type Planted } from './actors.ts';
import { editPolicy } from './edit-policy.ts';
import type { Happening, PlannedFault, Who } from './happenings.ts';
import { Monitor } from './monitor.ts';
import { Violation } from './violation.ts';
import { createDraw } from './draw.ts';
import { Scheduler } from './scheduler.ts';
import { ACTIVE_BUILD, ALARMS, ROUTE, Stage } from './stage.ts';

const AT_ONCE = 4;

/** One environment from its first release on: what happens to it, in the order that a seed says. */
export class History {
  readonly stage: Stage;
  readonly monitor: Monitor;
  /** For whoever has to find out what happened. */
  readonly trace: string[] = [];
  /** Requests that changed something, of the present run. */
  writes: string[] = [];
  readonly #scheduler: Scheduler<Actor>;
  readonly #plant: () => Planted;
  #actors: readonly Actor[] = [];
  readonly #policies: EnvironmentPolicy[] = [];
  #happening = 0;
  #bug: unknown;

  private constructor(stage: Stage, seed: number, plant: () => Planted) {
    this.stage = stage;
    this.monitor = new Monitor(stage);
    this.#plant = plant;
    this.#scheduler = new Scheduler({
      draw: createDraw(seed),
      planFault: (actor, { name, kind }) => {
        if (kind !== 'write' || actor.fault === undefined) return undefined;
        actor.writes++;
        if (actor.writes !== actor.fault.nth) return undefined;
        this.trace.push(`    ${actor.name}: ${name} will be ${actor.fault.kind}`);
        return actor.fault.kind;
      },
      seen: async (call) => {
        this.trace.push(`    ${call.actor.name}: ${call.name}`);
        if (call.kind === 'write') this.writes.push(call.name);
        await this.monitor.look(call, this.#happening);
      },
    });
  }

  static async begin(
    group: EdgeGroup,
    seed: number,
    plant: () => Planted = () => ({}),
  ): Promise<History> {
    return new History(await Stage.create(group), seed, plant);
  }

  async happen(event: Happening): Promise<void> {
    if (this.#bug !== undefined) throw this.#bug;
    this.#happening++;
    this.stage.cloud.now++;
    this.trace.push(JSON.stringify(event));
    switch (event.do) {
      case 'edit':
        return this.edit(
          editPolicy(event.what, {
            policy: this.stage.policy,
            monitor: this.monitor,
            count: this.#happening,
          }),
        );
      case 'publish':
        return this.stage.world.publish(event.build);
      case 'alarm':
        return this.stage.setAlarm(
          ALARMS[event.which].name,
          event.state === 'SILENT' ? 'INSUFFICIENT_DATA' : event.state,
        );
      case 'pass':
        this.stage.cloud.now += event.seconds * 1000;
        return undefined;
      case 'start':
      case 'alone':
      case 'go':
      case 'crash':
        return this.#go(event);
      case 'lose':
      case 'tamper':
        return this.#damage(event.do === 'tamper' ? 'tamper' : event.what);
      case 'elsewhere':
        return this.#releaseElsewhere(event.build);
    }
  }

  async #go(event: Extract<Happening, { do: 'start' | 'alone' | 'go' | 'crash' }>): Promise<void> {
    switch (event.do) {
      case 'start':
        return this.#start(event.who, event.fault);
      case 'alone':
        return void (await this.alone());
      case 'go':
        for (let step = 0; step < event.steps; step++) await this.#scheduler.step();
        return undefined;
      case 'crash':
        return this.#crash(event.who);
    }
  }

  edit(policy: EnvironmentPolicy): void {
    this.#policies.push(this.stage.policy);
    this.stage.policy = policy;
    this.monitor.bars.edited(policy);
  }

  /** A reconcile that nobody disturbs, once all others are through. */
  async alone(who: 'reconcile' | 'resume' = 'reconcile'): Promise<Actor> {
    await this.#scheduler.drain();
    this.#happening++;
    const failed = this.monitor.failedRollout(this.stage.policy);
    const isPaused = this.monitor.pausedAt !== undefined;
    this.writes = [];
    const actor = this.#launch({ do: who }, this.stage.policy, undefined);
    await this.#scheduler.drain();
    if (who === 'resume' || isPaused) return actor;
    this.monitor.clear();
    if (failed !== undefined && this.monitor.route?.canary?.salt === failed) {
      throw new Violation('after-fail', `rollout ${failed} failed, and goes on`);
    }
    return actor;
  }

  end(): void {
    this.stage.cloud.close();
  }

  #start(who: Who, fault: PlannedFault | undefined): void {
    this.#actors = this.#actors.filter(({ isOver }) => !isOver);
    if (this.#actors.length >= AT_ONCE) return;
    const { policy } = this.stage;
    const former = this.#policies.at(-2) ?? policy;
    this.#launch(this.#errandOf(who), who === 'stale' ? former : policy, fault);
  }

  #errandOf(who: Who): Errand {
    switch (who) {
      case 'reconcile':
      case 'stale':
        return { do: 'reconcile' };
      case 'person':
        return { do: 'person', to: undefined };
      case 'person-to':
        return { do: 'person', to: this.monitor.route?.kept[0]?.[0] ?? '1' };
      case 'alarm':
      case 'pause':
      case 'resume':
        return { do: who };
    }
  }

  #launch(errand: Errand, policy: EnvironmentPolicy, fault: PlannedFault | undefined): Actor {
    const actor: Actor = {
      name: `${errand.do} ${this.#happening}`,
      errand,
      policy,
      since: this.#happening,
      fault,
      writes: 0,
      isOver: false,
      outcome: undefined,
      sawFail: undefined,
      seenVersion: 0,
    };
    const plain = this.stage.context(this.#scheduler.sendAs(actor));
    const planted = this.#plant();
    const context = planted.context?.(plain) ?? plain;
    this.#actors = [...this.#actors, actor];
    const run = { stage: this.stage, actor, context, planted };
    const end = (what: string) => {
      actor.isOver = true;
      this.trace.push(`    ${actor.name} ends: ${what}`);
    };
    runErrand(run).then(
      () => end(actor.outcome === undefined ? 'done' : describe(actor.outcome)),
      (error: unknown) => {
        end(String(error));
        // Whatever is in the way, it says so; anything else is our bug.
        if (!(error instanceof HeadgateError || error instanceof RetryError)) this.#bug ??= error;
      },
    );
    return actor;
  }

  #crash(who: number): void {
    const alive = this.#actors.filter(({ isOver }) => !isOver);
    const actor = alive[who % Math.max(alive.length, 1)];
    if (actor === undefined) return;
    this.trace.push(`    ${actor.name} is killed`);
    actor.isOver = true;
    this.#scheduler.forget(actor);
  }

  /** One thing at a time, and only of what can be made again from the rest. */
  async #damage(what: 'served' | 'record' | 'history' | 'tamper'): Promise<void> {
    await this.#scheduler.drain();
    const { stage, monitor } = this;
    const record = await stage.record();
    const [served] = await stage.served();
    if (monitor.isBlurred || record === undefined || served === undefined) return;
    if (record.intent !== undefined || record.route !== served) return;
    if (!stage.isLambda && (await stage.parameter(ROUTE)).value !== served) return;
    switch (what) {
      case 'history':
        return void (await stage.removeObject(keys.history('shop', 'prod', record.generation)));
      case 'record':
        await stage.removeObject(keys.record('shop', 'prod'));
        return monitor.loseRecord();
      case 'served':
        if (stage.isLambda) await this.#remove(ROUTE);
        else stage.cloud.changeKeys([], [HOST, DOMAIN]);
        return monitor.excuse();
      case 'tamper':
        return this.#tamper(served);
    }
  }

  async #remove(name: string): Promise<void> {
    await this.stage.cloud.call('ssm', 'DeleteParameter', { Name: name });
  }

  async #tamper(served: string): Promise<void> {
    const { stage } = this;
    const text = served.replace('"spa":1', '"spa":0');
    if (stage.isLambda) {
      const input = { Name: ROUTE, Value: text, Type: 'String', Overwrite: true };
      await stage.cloud.call('ssm', 'PutParameter', input);
    } else stage.cloud.changeKeys([[HOST, text]], []);
    await this.monitor.excuse();
  }

  /** Staging gave this build to everyone just now. */
  async #releaseElsewhere(build: string): Promise<void> {
    const key = keys.record('shop', 'staging');
    const { cloud, world } = this.stage;
    const digest = world.published.get(build);
    if (digest === undefined) return;
    const at = new Date(cloud.now).toISOString();
    const stable = { build, digest };
    const entry = { generation: 1, at, by: 'tester', from: '', to: build, evidence: [] };
    const value: EnvironmentRecord = {
      version: RECORD_VERSION,
      app: 'shop',
      environment: 'staging',
      generation: 1,
      route: '',
      hosts: [],
      phase: 'idle',
      stable,
      kept: [],
      quarantine: [],
      served: [{ build: stable, since: at, stable: true }],
      last: { ...entry, event: 'first-release', why: '' },
    };
    const former = await getObject(cloud, key);
    await putObject(cloud, { key, value, condition: former?.etag });
  }

  async parameters(): Promise<{ route: string | undefined; activeBuild: string | undefined }> {
    const [route, activeBuild] = await Promise.all([
      this.stage.parameter(ROUTE),
      this.stage.parameter(ACTIVE_BUILD),
    ]);
    return { route: route.value, activeBuild: activeBuild.value };
  }
}

function describe({ status, exitCode, plan, problem }: NonNullable<Actor['outcome']>): string {
  return `${status} ${exitCode}: ${problem ?? plan.why}`;
}
