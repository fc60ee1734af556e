import fc from 'fast-check';
import { HeadgateError } from '../../../../../controller/core/errors.ts';
import { MemoryBucket } from '../../../../fakes/bucket/memory-bucket.ts';
import { createDraw } from '../../../apply/histories/draw.ts';
import { Scheduler, type Fault } from '../../../apply/histories/scheduler.ts';
import { Actors, type Planted } from './actors.ts';
import { ENVIRONMENTS, World } from './world.ts';

const BUILDS = ['1', '2', '3', '4', '5', '6', 'pr-1-1', 'pr-2-1'];
const build = fc.constantFrom(...BUILDS);
const environment = fc.constantFrom(...ENVIRONMENTS);
const kinds = fc.constantFrom<Fault>('refused', 'lost', 'repeated');
/** Of the nth write of that process. */
const fault = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.record({ nth: fc.integer({ min: 1, max: 12 }), kind: kinds }) },
);

/** One or two of the pooled names. */
const someFiles = fc.constantFrom(0b000010, 0b001001, 0b010000, 0b100000, 0b110000, 0b000100);

/** What may happen; `whole`: until nobody is at work. */
const happening = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('publish'), build, files: someFiles, fault }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release'), build, environment, fault }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback'), environment, fault }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('preview'), build, fault }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('collect'), fault, times: fc.nat(2) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('go'), steps: fc.nat(60) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('drain') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash'), who: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('hint'), build }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('close'), pullRequest: fc.constantFrom(1, 2) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('pass'),
      seconds: fc.constantFrom(5, 1200, 2400, 4000, 10_000),
    }),
  },
);

export type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

const somebody = fc.oneof(
  fc.record({ do: fc.constant('publish'), build, files: someFiles, fault: fc.constant(undefined) }),
  fc.record({ do: fc.constant('release'), build, environment, fault: fc.constant(undefined) }),
  fc.record({ do: fc.constant('preview'), build, fault: fc.constant(undefined) }),
);
const collecting = { do: 'collect', fault: undefined };
const later = { do: 'pass', seconds: 4000 };

/** Somebody in the middle of their work when collections retire and sweep. */
const race = fc
  .record({
    one: somebody,
    first: fc.nat(12),
    times: fc.nat(2),
    rest: fc.nat(60),
    isOld: fc.boolean(),
  })
  .map(({ one, first, times, rest, isOld }): readonly unknown[] => [
    ...(isOld ? [{ do: 'drain' }, { ...collecting, times: 1 }, later] : []),
    ...(first % 2 === 0
      ? [
          { ...collecting, times: 0 },
          { do: 'go', steps: rest },
        ]
      : []),
    one,
    { do: 'go', steps: first },
    { ...collecting, times },
    { do: 'go', steps: rest },
  ]);

export const sequences = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: happening.map((one): readonly unknown[] => [one]) },
      { weight: 1, arbitrary: race },
    ),
    { minLength: 4, maxLength: 16 },
  )
  .map((parts) => parts.flat() as readonly Happening[]);

type Of<Do> = Extract<Happening, { do: string }> & { do: Do };

interface Process {
  readonly name: string;
  /** It acts on what it read: it wouldn't after hours. */
  readonly isHasty: boolean;
  readonly fault: { readonly nth: number; readonly kind: Fault } | undefined;
  writes: number;
  isOver: boolean;
}

const AT_ONCE = 4;

/** What is there when it begins, and the pooled files of each as bits. */
const FORMER = [
  ['1', 0b000011],
  ['2', 0b000101],
  ['pr-1-1', 0b001010],
  ['3', 0b110000],
  ['4', 0b000001],
] as const;
const HOURS = 10_000;

let former: Promise<World> | undefined;

/** A bucket, and whoever works in it, one request at a time in the order that a seed says. */
export class History {
  readonly world: World;
  readonly trace: string[] = [];
  readonly #scheduler: Scheduler<Process>;
  readonly #planted: Planted;
  #processes: Process[] = [];
  #count = 0;
  #bug: unknown;

  private constructor(world: World, seed: number, planted: Planted) {
    this.world = world;
    this.#planted = planted;
    this.#scheduler = new Scheduler({
      draw: createDraw(seed),
      planFault: (process, { kind }) => {
        if (kind !== 'write') return undefined;
        process.writes++;
        return process.writes === process.fault?.nth ? process.fault.kind : undefined;
      },
      seen: async ({ actor, name, kind }) => {
        this.trace.push(`    ${actor.name}: ${name}`);
        if (kind === 'write') world.look(name);
      },
    });
  }

  static async begin(seed: number, planted: Planted): Promise<History> {
    former ??= History.layFormer();
    const begun = await former;
    return new History(new World(begun.bucket.copy(), begun), seed, planted);
  }

  /** What everybody begins with, once. */
  static async layFormer(): Promise<World> {
    const history = new History(new World(new MemoryBucket()), 1, {});
    for (const [number, files] of FORMER) {
      await history.#begin('publish', { build: number, files, times: 1 } as never);
    }
    await history.#begin('release', { build: '2', environment: 'prod', times: 1 } as never);
    await history.#pass(HOURS);
    return history.world;
  }

  async happen(event: Happening): Promise<void> {
    if (this.#bug !== undefined) throw this.#bug;
    this.trace.push(JSON.stringify(event));
    this.world.bucket.now += 100;
    this.#count++;
    const given = event as Of<string> & Record<string, never>;
    const what: string = event.do;
    switch (what) {
      case 'go':
        for (let step = 0; step < given['steps']; step++) await this.#scheduler.step();
        return;
      case 'drain':
        return this.#scheduler.drain();
      case 'pass':
        return this.#pass(given['seconds']);
      case 'close':
        return void this.world.openPullRequests.delete(given['pullRequest']);
      case 'hint':
        return this.world.hint(given['build']);
      case 'resume':
        return this.#resume(String(given['who']), given['until']);
      case 'crash':
        return this.#crash(given['who']);
      default:
        return this.#begin(what, given);
    }
  }

  /** Everybody ends, and unless this is the last of it one more collection mends what others left. */
  async settle(isLast: boolean): Promise<void> {
    await this.#scheduler.drain();
    if (!isLast) {
      await this.#pass(2000);
      await this.#begin('collect', { times: 1 } as never);
    }
    if (this.#bug !== undefined) throw this.#bug;
    this.world.settled();
  }

  /** Processes may sleep, what is on the wire doesn't: every request gets there before minutes pass. */
  async #pass(seconds: number): Promise<void> {
    if (seconds > 60) {
      for (const process of this.#processes) {
        if (process.isHasty && !process.isOver) this.#kill(process);
      }
      await this.#scheduler.land();
    }
    this.world.bucket.now += seconds * 1000;
  }

  /**
   * `times`: so often from beginning to end while all others wait, as slow as they are; `until`: to before
   * the request that it says.
   */
  async #begin(what: string, given: Record<string, never>): Promise<void> {
    const times: number = given['times'] ?? 0;
    if (times === 0) {
      this.#start(what, given);
      if (given['until'] !== undefined) await this.#resume(what, given['until']);
    }
    for (let time = 0; time < times; time++) {
      const process = this.#start(what, given);
      if (process !== undefined) await this.#scheduler.finish(process);
    }
  }

  /** The one that began last. */
  async #resume(what: string, until: string | undefined): Promise<void> {
    const process = this.#processes.findLast(({ name }) => name.startsWith(what));
    const pattern = until === undefined ? undefined : new RegExp(until);
    if (process !== undefined) await this.#scheduler.finish(process, pattern);
  }

  #start(what: string, given: Record<string, never>): Process | undefined {
    this.#processes = this.#processes.filter(({ isOver }) => !isOver);
    if (this.#processes.length >= AT_ONCE) return undefined;
    const { build: number, environment: name, files } = given as { [name: string]: never };
    const process: Process = {
      name: `${what} ${this.#count}`,
      isHasty: what === 'release' || what === 'rollback' || what === 'preview',
      fault: given['fault'],
      writes: 0,
      isOver: false,
    };
    this.#processes.push(process);
    const actors = new Actors(this.world, this.#scheduler.sendAs(process), this.#planted);
    const run = {
      collect: () => actors.collect(process.name),
      publish: () => actors.publish(number ?? '', files ?? 0),
      release: () => actors.release(name ?? '', number ?? ''),
      rollback: () => actors.rollBack(name ?? ''),
      preview: () => actors.preview(number ?? ''),
    }[what];
    run?.().then(
      () => this.#ended(process, 'done'),
      (error: unknown) => {
        this.#ended(process, String(error));
        if (!(error instanceof HeadgateError)) this.#bug ??= error;
      },
    );
    return process;
  }

  #ended(process: Process, how: string): void {
    process.isOver = true;
    this.trace.push(`    ${process.name} ends: ${how}`);
  }

  #crash(who: number): void {
    const alive = this.#processes.filter(({ isOver }) => !isOver);
    const process = alive[who % Math.max(alive.length, 1)];
    if (process !== undefined) this.#kill(process);
  }

  #kill(process: Process): void {
    this.trace.push(`    ${process.name} is killed`);
    process.isOver = true;
    this.#scheduler.forget(process);
  }
}
