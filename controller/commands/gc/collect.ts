import { ConflictError, RefusedError } from '../../core/errors.ts';
import type { Rules, StoredEntry } from '../../core/gc/facts.ts';
import { planCollection, type Collection } from '../../core/gc/plan.ts';
import { keys } from '../../core/state/keys.ts';
import type { Context } from '../../ports/context.ts';
import type { CollectionStore } from '../../ports/collection-store.ts';
import { ReferenceReader, type CollectionSources } from '../../read/collection/references.ts';
import { Claim, holding } from './claim.ts';
import { bury, restore, tombstonesOf } from './bury.ts';

export interface CollectionRequest extends Omit<CollectionSources, 'published'> {
  readonly rules: Rules;
  /** undefined: a dry run, which only reads. */
  readonly claim: { readonly token: string; readonly by: string } | undefined;
}

export interface CollectionResult {
  readonly app: string;
  readonly isApplied: boolean;
  readonly plan: Collection;
  /** Objects and bytes that are gone now. */
  readonly removed: { readonly objects: number; readonly bytes: number };
  /** Builds that something began to need while they were being collected. */
  readonly spared: readonly string[];
}

export type CollectionContext = Pick<Context, 'clock'> & {
  readonly terminal: Pick<Context['terminal'], 'progress'>;
};

/** Plans the collection of one app and, with a claim, carries it out. Throws a RefusedError on any doubt. */
export async function collectApp(
  request: CollectionRequest,
  context: CollectionContext,
): Promise<CollectionResult> {
  const { app, store, claim } = request;
  const { clock } = context;
  const place = { key: keys.collection(app), what: app, store, clock };
  const held = claim && (await Claim.take({ ...place, ...claim }));
  if (held === undefined) return (await Run.begin(request, context, undefined)).look();
  return holding(held, async () => (await Run.begin(request, context, held)).apply());
}

/** What was read is old after this: the process may have slept. */
const FRESH_MILLISECONDS = 60_000;
const TRIES = 3;
const BUILDS_AT_ONCE = 20;
const KEYS_AT_ONCE = 1000;

class Run {
  readonly #request: CollectionRequest;
  readonly #context: CollectionContext;
  readonly #claim: Claim | undefined;
  readonly #objects: readonly StoredEntry[];
  readonly #reader: ReferenceReader;
  #removed = { objects: 0, bytes: 0 };
  readonly #spared: string[] = [];

  private constructor(
    request: CollectionRequest,
    context: CollectionContext,
    { claim, objects }: { claim: Claim | undefined; objects: readonly StoredEntry[] },
  ) {
    this.#request = request;
    this.#context = context;
    this.#claim = claim;
    this.#objects = objects;
    const published = new Map(objects.map(({ key, modified }) => [key, modified]));
    this.#reader = new ReferenceReader({ ...request, published });
  }

  static async begin(
    request: CollectionRequest,
    context: CollectionContext,
    claim: Claim | undefined,
  ): Promise<Run> {
    const { app, store } = request;
    const { found, isWhole } = await store.list(`${app}/`);
    if (!isWhole) throw refuse(app, [`the listing of ${app}/ was cut short`]);
    return new Run(request, context, { claim, objects: found });
  }

  async look(): Promise<CollectionResult> {
    return this.#result(await this.#plan(), false);
  }

  async apply(): Promise<CollectionResult> {
    const plan = await this.#fresh();
    await this.#restore(plan);
    await this.#remove(tombstonesOf(this.#request.app, plan.forgotten));
    for (const { key, revision } of plan.expired) await this.#store.removeIf(key, revision);
    await this.#condemn(plan);
    await this.#sweep(plan);
    return this.#result(plan, true);
  }

  get #store(): CollectionStore {
    return this.#request.store;
  }

  /** What was decided just now, by who has the claim; a dry run has none. */
  async #remove(removed: readonly string[]): Promise<void> {
    await this.#store.remove(removed, this.#isFresh);
  }

  get #isFresh(): () => boolean {
    return this.#claim?.isFresh ?? (() => false);
  }

  async #restore(plan: Collection): Promise<Collection> {
    for (const tombstone of plan.restored) {
      await this.#claim?.hold();
      await restore(this.#store, this.#request.app, { tombstone, isFresh: this.#isFresh });
      this.#reader.forget(tombstone.build);
    }
    return plan;
  }

  async #plan(): Promise<Collection> {
    const { app, rules } = this.#request;
    const references = await this.#reader.read();
    const now = this.#context.clock.now();
    return planCollection({ app, objects: this.#objects, references, rules, now });
  }

  /** The same decisions by what is true now. */
  async #fresh(): Promise<Collection> {
    const { clock } = this.#context;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      await this.#claim?.hold();
      const since = clock.now().getTime();
      const plan = await this.#plan();
      if (plan.doubts.length > 0) throw refuse(this.#request.app, plan.doubts);
      if (clock.now().getTime() - since < FRESH_MILLISECONDS) return plan;
    }
    throw new ConflictError('Reading what is needed takes so long that it is old by then.');
  }

  /** Tombstones, a second look, the manifests, a third look: whoever began to need one gets it back. */
  async #condemn({ condemned }: Collection): Promise<void> {
    const { app } = this.#request;
    for (const batch of slices(condemned, BUILDS_AT_ONCE)) {
      const now = () => this.#context.clock.now();
      const buried = await bury(this.#store, app, { batch, now });
      const { condemned: still } = await this.#fresh();
      const going = buried.filter(({ build }) => still.some((one) => one.build === build));
      const manifests = going.filter(({ manifest }) => manifest !== undefined);
      await this.#remove(manifests.map(({ build }) => keys.manifest({ app }, build)));
      for (const { build } of manifests) this.#reader.forget(build);
      this.#removed.objects += manifests.length;
      this.#context.terminal.progress(`${app}: ${batch.length} builds retired`);
      const { restored } = await this.#restore(await this.#fresh());
      const spared = buried.filter((one) => one.manifest !== undefined && !going.includes(one));
      await this.#remove(tombstonesOf(app, spared));
      this.#spared.push(...[...restored, ...spared].map(({ build }) => build));
    }
  }

  async #sweep({ swept }: Collection): Promise<void> {
    for (const batch of slices(swept, KEYS_AT_ONCE)) {
      const still = new Set((await this.#fresh()).swept.map(({ key }) => key));
      const going = batch.filter(({ key }) => still.has(key));
      if (going.length === 0) continue;
      await this.#remove(going.map(({ key }) => key));
      this.#removed.objects += going.length;
      for (const { size } of going) this.#removed.bytes += size;
      this.#context.terminal.progress(
        `${this.#request.app}: ${this.#removed.objects} objects deleted`,
      );
    }
  }

  #result(plan: Collection, isApplied: boolean): CollectionResult {
    const { app } = this.#request;
    return { app, isApplied, plan, removed: this.#removed, spared: this.#spared };
  }
}

function slices<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function refuse(app: string, doubts: readonly string[]): RefusedError {
  const shown = doubts.slice(0, 10).join('; ');
  return new RefusedError(
    `Nothing more of ${app} is deleted, because of a doubt: ${shown}.`,
    'Mend that and run it again; until then everything stays.',
  );
}
