import type { PublishLease } from '../../core/gc/lease.ts';
import { keys } from '../../core/state/keys.ts';
import type { PublishNotes } from '../../ports/publish-notes.ts';
import type { Clock } from '../../ports/surroundings.ts';

/** Longer than most publishes take; one that was killed keeps collections from deleting for as long. */
const MINUTES = 60;

interface Held {
  /** Whose pooled files are trusted to be there. */
  readonly base: string | undefined;
  /** The URL of the run, for who wonders whose lease it is. */
  readonly runner?: string | undefined;
}

interface LeaseRequest {
  readonly app: string;
  readonly build: string;
  readonly notes: PublishNotes;
  readonly clock: Clock;
}

/** That a build is on its way: collections leave it, its base and what it may have found in the pool alone. */
export class Lease {
  readonly #request: LeaseRequest;
  readonly #key: string;
  #held: Held = { base: undefined };
  #until = 0;
  #written = 0;
  #renewAt = 0;

  constructor(request: LeaseRequest) {
    this.#request = request;
    this.#key = keys.publishLease(request.app, request.build);
  }

  /** Another run of this publish had one, and didn't come to its end: or not yet. */
  async isThere(): Promise<boolean> {
    return (await this.#request.notes.read(this.#key)) !== undefined;
  }

  /** Before anything that is found is trusted: a collection that begins later sees it. */
  async take(held: Held): Promise<void> {
    this.#held = held;
    await this.#write();
  }

  /** Whatever its end was: from now on collections see it again. */
  async revive(): Promise<void> {
    await this.#write();
  }

  /** Called now and then: half of its time is over before it is written anew. */
  async keep(): Promise<void> {
    if (this.#now() >= this.#renewAt && !this.isOver) await this.#write();
  }

  /** What time it is for S3: that of a runner may be wrong. Never later than it really is. */
  async storeTime(): Promise<Date> {
    const { notes } = this.#request;
    const now = this.#now();
    const stored = await notes.modified(this.#key);
    // Gone: another run of this publish is done, and its build has all that is asked about.
    return new Date(stored === undefined ? now : stored.getTime() + now - this.#written);
  }

  /** From then on a collection may have deleted what was found before. */
  get isOver(): boolean {
    return this.#now() >= this.#until;
  }

  /** Only beside a manifest of the build: another run of it may be counting on the same lease. */
  async end(): Promise<void> {
    await this.#request.notes.remove(this.#key);
  }

  async #write(): Promise<void> {
    const { build, notes } = this.#request;
    const { base, runner } = this.#held;
    const now = this.#now();
    const until = now + MINUTES * 60_000;
    // At once, so that of many files in flight one renews it.
    this.#renewAt = now + (until - now) / 2;
    const lease: PublishLease = {
      build,
      base: base ?? null,
      ...(runner !== undefined && { runner }),
      at: new Date(now).toISOString(),
      expires: new Date(until).toISOString(),
    };
    await notes.write(this.#key, `${JSON.stringify(lease)}\n`);
    this.#until = until;
    this.#written = this.#now();
  }

  #now(): number {
    return this.#request.clock.now().getTime();
  }
}
