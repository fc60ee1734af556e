import { keys } from '../../../../controller/core/state/keys.ts';
import type { EdgeGroup, EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import {
  RECORD_VERSION,
  type EnvironmentRecord,
} from '../../../../controller/core/state/record.ts';
import { HeadgateError } from '../../../../controller/core/errors.ts';
import { RetryError } from '../../../../controller/lambda/answer.ts';
import { putObject, getObject } from '../../../fakes/cloud/ports.ts';
import { runErrand, type Actor, type Errand, type Planted } from './actors.ts';
import { editPolicy } from './edit-policy.ts';
import type { Happening, PlannedFault, Who } from './happenings.ts';
import { Monitor } from './monitor.ts';
import { Together } from './together.ts';
import { Violation } from './violation.ts';
import { createDraw } from './draw.ts';
import { Scheduler } from './scheduler.ts';
import type { Cloud } from '../../../fakes/cloud/cloud.ts';
import { Stage } from '../../../fakes/stage.ts';

const AT_ONCE = 4;

export interface Setting {
  readonly group: EdgeGroup;
  /** Environments; two move together. */
  readonly count?: 1 | 2;
  readonly plant?: () => Planted;
}

/** An environment, what it promised so far, and what its policy was. */
export interface Member {
  readonly stage: Stage;
  readonly monitor: Monitor;
  readonly former: EnvironmentPolicy[];
}

/** One environment, or two that move together, from the first release on: what happens, in the order that a seed says. */
export class History {
  readonly members: readonly [Member, ...Member[]];
  /** For whoever has to find out what happened. */
  readonly trace: string[] = [];
  /** Requests that changed something, of the present run. */
  writes: string[] = [];
  readonly #scheduler: Scheduler<Actor>;
  readonly #plant: () => Planted;
  readonly #watch: Together | undefined;
  #actors: readonly Actor[] = [];
  #happening = 0;
  #bug: unknown;

  private constructor(members: readonly [Member, ...Member[]], seed: number, plant: () => Planted) {
    this.members = members;
    this.#watch = members.length > 1 ? new Together(members) : undefined;
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
        for (const { monitor } of members) await monitor.look(call, this.#happening);
        this.#watch?.look(call.actor.name);
      },
    });
  }

  static async begin(setting: Setting, seed: number): Promise<History> {
    const { group, count = 1, plant = () => ({}) } = setting;
    const stages = await Stage.create(group, count);
    const [first, ...others] = stages.map((stage) => {
      return { stage, monitor: new Monitor(stage), former: [] };
    });
    if (first === undefined) throw new Error('no environment');
    return new History([first, ...others], seed, plant);
  }

  get cloud(): Cloud {
    return this.members[0].stage.cloud;
  }

  /** The one that something happens to. */
  #member({ on = 0 }: { readonly on?: number }): Member {
    return this.members[on] ?? this.members[0];
  }

  async happen(event: Happening): Promise<void> {
    if (this.#bug !== undefined) throw this.#bug;
    this.#happening++;
    this.cloud.now++;
    this.trace.push(JSON.stringify(event));
    const { stage } = this.#member(event);
    switch (event.do) {
      case 'edit':
        return this.#edit(event);
      case 'publish':
        return stage.world.publish(event.build);
      case 'alarm':
        return setAlarm(stage, event);
      case 'pass':
        this.cloud.now += event.seconds * 1000;
        return undefined;
      case 'start':
      case 'alone':
      case 'go':
      case 'crash':
        return this.#go(event);
      case 'lose':
      case 'tamper':
        return this.#damage(this.#member(event), event.do === 'tamper' ? 'tamper' : event.what);
      case 'elsewhere':
        return this.#releaseElsewhere(stage, event.build);
    }
  }

  async #go(event: Extract<Happening, { do: 'start' | 'alone' | 'go' | 'crash' }>): Promise<void> {
    switch (event.do) {
      case 'start':
        return this.#start(event.who, event.fault, this.#member(event));
      case 'alone':
        return void (await this.alone());
      case 'go':
        for (let step = 0; step < event.steps; step++) await this.#scheduler.step();
        return undefined;
      case 'crash':
        return this.#crash(event.who);
    }
  }

  /** In one commit, of one environment's policy or of all. */
  #edit(event: Extract<Happening, { do: 'edit' }>): void {
    const { what, isOfAll } = event;
    const edited = isOfAll === true ? this.members : [this.#member(event)];
    for (const member of this.members) {
      const { stage, monitor } = member;
      const { policy } = stage;
      const given = { policy, monitor, count: this.#happening };
      this.edit(member, edited.includes(member) ? editPolicy(what, given) : policy);
    }
  }

  edit({ stage, monitor, former }: Member, policy: EnvironmentPolicy): void {
    former.push(stage.policy);
    stage.policy = policy;
    monitor.bars.edited(policy);
  }

  /** A run that nobody disturbs, once all others are through. */
  async alone(
    who: 'reconcile' | 'resume' = 'reconcile',
    member: Member = this.members[0],
  ): Promise<Actor> {
    await this.#scheduler.drain();
    this.#happening++;
    const failed = this.members.map(({ stage, monitor }) => monitor.failedRollout(stage.policy));
    const isPaused = this.members.some(({ monitor }) => monitor.pausedAt !== undefined);
    this.writes = [];
    const actor = this.#launch(
      { do: who },
      { member, policies: this.#checkout(), fault: undefined },
    );
    await this.#scheduler.drain();
    if (who === 'resume' || isPaused) return actor;
    for (const [index, { monitor }] of this.members.entries()) {
      await monitor.clear();
      if (failed[index] === undefined || monitor.route?.canary?.salt !== failed[index]) continue;
      throw new Violation('after-fail', `rollout ${failed[index]} failed, and goes on`);
    }
    return actor;
  }

  /** The policies as they are in git; `ago`: as they were so many edits ago. */
  #checkout(ago = 0): Actor['policies'] {
    return new Map(
      this.members.map(({ stage, former }) => [
        stage.app,
        (ago > 0 ? former.at(-ago) : undefined) ?? stage.policy,
      ]),
    );
  }

  end(): void {
    this.cloud.close();
  }

  #start(who: Who, fault: PlannedFault | undefined, member: Member): void {
    this.#actors = this.#actors.filter(({ isOver }) => !isOver);
    if (this.#actors.length >= AT_ONCE) return;
    const policies = this.#checkout(who === 'stale' ? 2 : 0);
    this.#launch(errandOf(who, member, this.#happening), { member, policies, fault });
  }

  #launch(errand: Errand, { member, policies, fault }: Launched): Actor {
    const actor: Actor = {
      name: `${errand.do} ${this.#happening}`,
      errand,
      policies,
      since: this.#happening,
      fault,
      writes: 0,
      isOver: false,
      outcome: undefined,
      sawFail: new Map(),
      seenVersion: 0,
    };
    const { stage } = member;
    const plain = stage.context(this.#scheduler.sendAs(actor));
    const planted = this.#plant();
    const context = planted.context?.(plain) ?? plain;
    this.#actors = [...this.#actors, actor];
    const stages = this.members.map((one) => one.stage);
    const run = { stages, stage, actor, context, planted };
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
  async #damage(
    { stage, monitor }: Member,
    what: 'served' | 'record' | 'history' | 'tamper',
  ): Promise<void> {
    await this.#scheduler.drain();
    const { app, names } = stage;
    const record = await stage.record();
    const [served] = await stage.served();
    if (monitor.isBlurred || record === undefined || served === undefined) return;
    if (record.intent !== undefined || record.route !== served) return;
    if (!stage.isLambda && (await stage.parameter(names.route)).value !== served) return;
    switch (what) {
      case 'history':
        return void (await stage.removeObject(keys.history(app, 'prod', record.generation)));
      case 'record':
        await stage.removeObject(keys.record(app, 'prod'));
        this.#watch?.excuse();
        return monitor.loseRecord();
      case 'served':
        await stage.loseServed();
        return monitor.excuse();
      case 'tamper':
        await stage.tamper(served);
        return monitor.excuse();
    }
  }

  /** Staging gave this build to everyone just now. */
  async #releaseElsewhere({ app, cloud, world }: Stage, build: string): Promise<void> {
    const key = keys.record(app, 'staging');
    const digest = world.published.get(build);
    if (digest === undefined) return;
    const at = new Date(cloud.now).toISOString();
    const stable = { build, digest };
    const entry = { generation: 1, at, by: 'tester', from: '', to: build, evidence: [] };
    const value: EnvironmentRecord = {
      version: RECORD_VERSION,
      app,
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
}

async function setAlarm(
  stage: Stage,
  { which, state }: Extract<Happening, { do: 'alarm' }>,
): Promise<void> {
  const alarm = stage.alarms[which];
  if (alarm) await stage.setAlarm(alarm.name, state === 'SILENT' ? 'INSUFFICIENT_DATA' : state);
}

interface Launched {
  readonly member: Member;
  readonly policies: Actor['policies'];
  readonly fault: PlannedFault | undefined;
}

function errandOf(who: Who, { monitor }: Member, happening: number): Errand {
  switch (who) {
    case 'reconcile':
      // The schedule takes turns with the workflow.
      return { do: 'reconcile', believes: happening % 2 === 0 };
    case 'stale':
      return { do: 'reconcile' };
    case 'person':
      return { do: 'person', to: undefined };
    case 'person-to':
      return { do: 'person', to: monitor.route?.kept[0]?.[0] ?? '1' };
    case 'alarm':
    case 'pause':
    case 'resume':
      return { do: who };
  }
}

function describe({ status, exitCode, plan, problem }: NonNullable<Actor['outcome']>): string {
  return `${status} ${exitCode}: ${problem ?? plan.why}`;
}
