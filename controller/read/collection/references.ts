import { HeadgateError } from '../../core/errors.ts';
import type { PresentBuild, References } from '../../core/gc/facts.ts';
import {
  durationOf,
  parsePreviewLease,
  parsePublishLease,
  type PublishLease,
} from '../../core/gc/lease.ts';
import { parseTombstone, type Tombstone } from '../../core/gc/tombstone.ts';
import { keys } from '../../core/state/keys.ts';
import type { EnvironmentRecord } from '../../core/state/record.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import type { BuildStore } from '../../ports/build-store.ts';
import type { CollectionStore, Listed } from '../../ports/collection-store.ts';
import { mapAtOnce } from '../../core/at-once.ts';
import { PresentBuilds } from './present-builds.ts';

/** What a collection reads of one app. */
export interface CollectionSources {
  readonly app: string;
  /** Of the policy: each may have a record, and those that the policy has forgotten have one, too. */
  readonly environments: readonly string[];
  /** Builds that it names. */
  readonly named: readonly string[];
  readonly store: CollectionStore;
  readonly builds: Pick<BuildStore, 'readManifest'>;
  readonly records: Pick<RecordStore, 'read'>;
  /** Builds that published functions name. */
  readonly floors: () => Promise<readonly string[]>;
  /** Builds that live routes name, whatever the records say. */
  readonly live: () => Promise<readonly string[]>;
  /** When a manifest was stored, by key, of the listing that comes first. */
  readonly published: ReadonlyMap<string, Date>;
}

const AT_ONCE = 32;

interface Found<Value> {
  readonly key: string;
  readonly revision: string;
  readonly value: Value;
}

interface Dated<Value> extends Found<Value> {
  /** undefined: it was written anew since it was listed. */
  readonly modified: Date | undefined;
}

/** Much longer than a publish's lease: without a limit the job of a pull request could stop collections for ever. */
const PUBLISH_HOURS = 24;

/** Their ends by the clock of S3: what a runner's says may be hours off. */
function shorten(leases: readonly Dated<PublishLease>[]): readonly Dated<PublishLease>[] {
  return leases.map((one) => {
    const { modified, value } = one;
    if (modified === undefined) return one;
    const end = modified.getTime() + Math.min(durationOf(value), PUBLISH_HOURS * 3_600_000);
    return { ...one, value: { ...value, expires: new Date(end).toISOString() } };
  });
}

/** Reads everything that says what is needed, again and again; what never changes is kept in mind. */
export class ReferenceReader {
  readonly #sources: CollectionSources;
  readonly #present: PresentBuilds;
  /** What was read, by key and revision: thousands of leases and tombstones seldom change. */
  readonly #known = new Map<string, Found<unknown>>();
  #doubts: string[] = [];

  constructor(sources: CollectionSources) {
    this.#sources = sources;
    this.#present = new PresentBuilds(sources);
  }

  /** What can't be read or understood is a doubt, and never an error: it is told with all others. */
  async read(): Promise<References> {
    this.#doubts = [];
    const { app, floors, live } = this.#sources;
    // Publishes before builds: one that ends between the two has its manifest by then.
    const publishing = shorten(
      await this.#readLeases(
        [keys.publishLeases(app), keys.untrustedPublishLeases(app)],
        parsePublishLease,
      ),
    );
    const previews = await this.#readLeases(
      [keys.previewLeases(app), keys.untrustedPreviewLeases(app)],
      parsePreviewLease,
    );
    const records = await this.#readRecords();
    const [served, routed] = [await this.#sure(floors, []), await this.#sure(live, [])];
    const tombstones = await this.#readTombstones();
    const builds = await this.#sure<readonly PresentBuild[]>(
      () => this.#present.read((listed, what) => this.#whole(listed, what)),
      [],
    );
    return {
      records,
      publishing: publishing.map(({ value }) => value),
      previews: previews.map(({ value }) => value),
      leases: [...publishing, ...previews].map(({ key, revision, value: { expires } }) => {
        return { key, revision, expires };
      }),
      floors: served,
      live: routed,
      named: this.#sources.named,
      builds,
      tombstones,
      doubts: this.#doubts,
    };
  }

  /** Its manifest was deleted by this collection, or put back. */
  forget(build: string): void {
    this.#present.forget(build);
  }

  async #readRecords(): Promise<readonly EnvironmentRecord[]> {
    const { app, environments, store, records } = this.#sources;
    const prefix = `${app}/environments/`;
    const stored = await this.#sure(
      async () => this.#whole(await store.folders(prefix), prefix),
      [],
    );
    const found: EnvironmentRecord[] = [];
    for (const name of new Set([...stored, ...environments])) {
      const record = await this.#sure(
        async () => (await records.read(app, name))?.record,
        undefined,
      );
      const isSound = typeof record?.stable?.build === 'string' && Array.isArray(record.kept);
      if (isSound) found.push(record);
      // One that was never released has nothing stored, or an intent alone.
      else if (record !== undefined || stored.includes(name)) {
        this.#doubts.push(`the record of ${app}/${name} is lost, or can't be read`);
      }
    }
    return found;
  }

  async #readTombstones(): Promise<readonly Tombstone[]> {
    const found = await this.#readAll(keys.tombstones(this.#sources.app), parseTombstone);
    return found.map(({ value }) => value);
  }

  async #readLeases<Lease>(
    prefixes: readonly string[],
    parse: (text: string) => Lease,
  ): Promise<readonly Dated<Lease>[]> {
    const found = await Promise.all(prefixes.map((prefix) => this.#readAll(prefix, parse)));
    return found.flat();
  }

  async #readAll<Value>(
    prefix: string,
    parse: (text: string) => Value,
  ): Promise<readonly Dated<Value>[]> {
    const { store, app } = this.#sources;
    const listed = await this.#sure(async () => this.#whole(await store.list(prefix), prefix), []);
    const entries = listed.filter(({ key }) => key !== keys.collection(app));
    const found = await mapAtOnce(entries, AT_ONCE, async ({ key, revision, modified }) => {
      const known = this.#known.get(`${key} ${revision}`) as Found<Value> | undefined;
      const one = known ?? (await this.#sure(() => this.#readOne(key, parse), undefined));
      if (one === undefined) return [];
      this.#known.set(`${key} ${one.revision}`, one);
      // By the revision that was listed: what has come since is not what may be removed.
      return { ...one, revision, modified: one.revision === revision ? modified : undefined };
    });
    return found.flat();
  }

  async #readOne<Value>(
    key: string,
    parse: (text: string) => Value,
  ): Promise<Found<Value> | undefined> {
    const object = await this.#sources.store.read(key);
    if (object === undefined) return undefined;
    try {
      const value = parse(Buffer.from(object.bytes).toString());
      return { key, revision: object.revision, value };
    } catch (cause) {
      const message = `${key} is not what this version of Headgate writes there`;
      throw new HeadgateError(3, message, { next: 'Look at what wrote it.', cause });
    }
  }

  #whole<Entry>({ found, isWhole }: Listed<Entry>, what: string): readonly Entry[] {
    if (!isWhole) this.#doubts.push(`the listing of ${what} was cut short`);
    return found;
  }

  async #sure<Value>(read: () => Promise<Value>, otherwise: Value): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error;
      this.#doubts.push(error.message);
      return otherwise;
    }
  }
}
