import { parseRoute } from '../../../../controller/core/state/route.ts';
import type { Route } from '../../../../edge/contract/route.ts';
import type { EnvironmentPolicy } from '../../../../controller/core/policy/policy.ts';
import { policyOf, type Actor } from './actors.ts';
import { Bars } from './bars.ts';
import { checkGates } from './gates.ts';
import { listNavigable, type Generation } from './generation.ts';
import type { Call } from './scheduler.ts';
import type { Stage } from '../../../fakes/stage.ts';
import { Violation } from './violation.ts';

const EVERYONE = 10_000;

/** Looks at what visitors get after every request of anybody, and throws at the first broken promise. */
export class Monitor {
  readonly stage: Stage;
  readonly bars = new Bars();
  readonly generations = new Map<number, Generation>();
  route: Route | undefined;
  /** When the present rollout was first served. */
  start: { readonly salt: number; readonly at: number } | undefined;
  /** The happening by which it was paused. */
  pausedAt: number | undefined;
  /** Where SSM is the release, two runs wrote without knowing of each other: a run that goes alone must mend it. */
  isBlurred = false;
  #texts: readonly (string | undefined)[];
  /** Somebody's hands changed this text, or took it away. */
  #broken: string | undefined;
  #highest = 0;
  readonly #weights = new Map<number, number>();
  readonly #ended = new Set<number>();
  readonly #onceStable = new Set<string>();

  constructor(stage: Stage) {
    this.stage = stage;
    this.#texts = stage.isLambda ? [undefined] : [undefined, undefined];
  }

  /** After a request took effect; `happening` counts them. */
  async look(call: Call<Actor>, happening: number): Promise<void> {
    const { actor, name } = call;
    const { stage } = this;
    const { route } = stage.names;
    if (name.startsWith('read alarms') && stage.alarms.some((alarm) => name.includes(alarm.name))) {
      this.#judge(actor);
    }
    if (name === `write record ${stage.name}`) await this.#lookAtRecord(actor, happening);
    if (stage.isLambda && name.startsWith('read ') && name.includes(route)) {
      actor.seenVersion = (await stage.parameter(route)).version;
    }
    if (call.kind !== 'write') return;
    if (name.includes(stage.name)) this.#checkPaused(call);
    const texts = await stage.served();
    if (name === `write ${route}` && stage.isLambda) await this.#lookAtVersion(actor);
    if (texts.join() !== this.#texts.join()) {
      this.#checkPaused(call);
      this.#texts = texts;
      this.#moved(actor, texts, (await this.stage.record())?.rollout?.step);
    }
    await this.#lookForIntent();
  }

  async #lookForIntent(): Promise<void> {
    const record = await this.stage.record();
    const generation = this.generations.get(this.route?.gen ?? 0);
    const [text] = this.#texts;
    if (record === undefined || generation === undefined) return;
    generation.isOrphan ||= record.route !== text && record.intent?.route !== text;
  }

  /** What somebody broke by hand is none of our promises. */
  async excuse(): Promise<void> {
    const [text] = this.#texts;
    this.#broken ??= text;
    this.#texts = await this.stage.served();
  }

  /** What only the record knew is gone. */
  loseRecord(): void {
    this.pausedAt = undefined;
    if (this.route === undefined) return;
    this.bars.recall(this.route);
    // Nobody knows any more when it began: it begins with the next record.
    if (this.start) this.start = { ...this.start, at: Infinity };
    for (const generation of this.generations.values()) generation.isLoose = true;
  }

  /** After a run that nobody disturbed. */
  async clear(): Promise<void> {
    if (!this.isBlurred || this.route === undefined) return;
    const isLower = this.route.gen < this.#highest;
    // It found an interrupted run's generation not to be live: the next run goes above it.
    const { mayBeServed = 0 } = (await this.stage.record()) ?? {};
    if (isLower && mayBeServed >= this.#highest) return;
    this.isBlurred = false;
    this.bars.forgetLosers();
    this.#checkServed(this.route);
    if (isLower) {
      throw new Violation('generation', `${this.route.gen} after ${this.#highest}`);
    }
    this.#highest = this.route.gen;
  }

  /** Still in force, by what has been in ALARM since it was first served. */
  failedRollout(policy: EnvironmentPolicy): number | undefined {
    const { start, route } = this;
    if (route?.canary === undefined || start?.salt !== route.canary.salt) return undefined;
    const { alarms, needed } = policy.guard;
    const failed = alarms.filter(
      ({ name }) =>
        this.stage.isFiring(name) ||
        this.stage.fired.some((entry) => entry.name === name && entry.at > start.at),
    );
    return failed.length >= needed ? start.salt : undefined;
  }

  #judge(actor: Actor): void {
    const { app } = this.stage;
    if (actor.errand.do !== 'reconcile') return;
    actor.sawFail.set(app, this.failedRollout(policyOf(actor, app)));
  }

  async #lookAtRecord(actor: Actor, happening: number): Promise<void> {
    const record = await this.stage.record();
    this.pausedAt = record?.pause === undefined ? undefined : (this.pausedAt ?? happening);
    if (record === undefined) return;
    if (this.start?.at === Infinity) this.start = { ...this.start, at: this.stage.cloud.now };
    // The fast lane reads no policy: it knows those lifts that the record remembers.
    const remembered = { quarantine: record.remembered?.lifts ?? [] };
    const policy = policyOf(actor, this.stage.app);
    this.bars.noted(record, actor.errand.do === 'alarm' ? remembered : policy);
  }

  #checkPaused({ actor, name }: Call<Actor>): void {
    const isAutomatic = actor.errand.do === 'reconcile' || actor.errand.do === 'alarm';
    if (!isAutomatic || this.pausedAt === undefined || actor.since <= this.pausedAt) return;
    throw new Violation('paused', `${actor.name}: ${name}`);
  }

  async #lookAtVersion(actor: Actor): Promise<void> {
    const { version } = await this.stage.parameter(this.stage.names.route);
    if (actor.seenVersion !== version - 1) this.isBlurred = true;
    actor.seenVersion = version;
  }

  #moved(actor: Actor, texts: readonly (string | undefined)[], step: number | undefined): void {
    const [text] = texts;
    const next = parseRoute(text);
    if (next === undefined || texts.some((other) => other !== text)) {
      throw new Violation('whole', `${actor.name} wrote ${texts.join(' and ')}`);
    }
    const { route: before } = this;
    this.route = next;
    const isRepair = text === this.#broken;
    const isTampered = this.#broken !== undefined;
    this.#broken = undefined;
    this.#note(before, next);
    this.#disown(before, next);
    this.bars.look(next);
    if (this.isBlurred) return;
    this.#checkServed(next);
    if (isRepair) return;
    if (next.gen < this.#highest || (next.gen === this.#highest && !isTampered)) {
      throw new Violation('generation', `${actor.name} wrote ${next.gen} after ${this.#highest}`);
    }
    this.#highest = next.gen;
    this.#checkRollout(before, next, actor);
    this.#checkStable(before, next);
    checkGates({ before, next, actor, step, policy: policyOf(actor, this.stage.app) });
  }

  #note(before: Route | undefined, route: Route): void {
    const known = this.generations.get(route.gen);
    if (known === undefined) {
      this.generations.set(route.gen, {
        before,
        route,
        isLoose: this.isBlurred,
        isOrphan: false,
      });
    } else known.isLoose ||= this.isBlurred;
    if (route.canary && this.start?.salt !== route.canary.salt) {
      this.start = { salt: route.canary.salt, at: this.stage.cloud.now };
    }
  }

  /** Two runs at once took it back: nobody may ever tell of it. */
  #disown(before: Route | undefined, { gen }: Route): void {
    const taken = this.generations.get(before?.gen ?? 0);
    if (before !== undefined && gen < before.gen && taken) taken.isOrphan = true;
  }

  #checkServed(route: Route): void {
    for (const build of [...listNavigable(route), ...route.kept.map(([number]) => number)]) {
      if (this.stage.world.published.has(build)) continue;
      throw new Violation('unpublished', `generation ${route.gen} names ${build}`);
    }
    for (const build of listNavigable(route)) {
      const by = this.bars.find(build);
      if (by === undefined) continue;
      const isRollout = route.canary?.build[0] === build && this.#ended.has(route.canary.salt);
      throw new Violation(
        isRollout ? 'undone' : 'quarantined',
        `generation ${route.gen} serves ${build}, rolled back by ${by}`,
      );
    }
  }

  #checkRollout(before: Route | undefined, { canary, gen }: Route, actor: Actor): void {
    if (before?.canary && before.canary.salt !== canary?.salt) this.#ended.add(before.canary.salt);
    if (canary === undefined) return;
    const { salt, weight } = canary;
    if (this.#ended.has(salt)) throw new Violation('undone', `rollout ${salt} is back in ${gen}`);
    const former = this.#weights.get(salt) ?? 0;
    if (weight < former) throw new Violation('weight', `${weight} after ${former} of ${salt}`);
    this.#weights.set(salt, weight);
    if (actor.sawFail.get(this.stage.app) === salt) {
      throw new Violation('after-fail', `${actor.name} saw rollout ${salt} fail, and kept it`);
    }
  }

  #checkStable(before: Route | undefined, { stable, rollback, gen }: Route): void {
    const [build] = stable;
    const former = before?.stable[0];
    const isOver = before?.canary?.weight === EVERYONE && before.canary.build[0] === build;
    const isAsked = rollback?.gen === gen && this.#onceStable.has(build);
    if (
      this.#onceStable.size > 0 &&
      former !== undefined &&
      former !== build &&
      !isOver &&
      !isAsked
    ) {
      throw new Violation('stable', `${build} became stable in ${gen} out of nothing`);
    }
    this.#onceStable.add(build);
  }
}
