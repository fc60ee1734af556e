import { ConflictError, HeadgateError, RefusedError, UnansweredError } from '../../core/errors.ts';
import {
  parseCollectionLease,
  REQUEST_SECONDS,
  type CollectionLease,
} from '../../core/gc/lease.ts';
import type { Clock } from '../../ports/surroundings.ts';
import type { CollectionStore } from '../../ports/collection-store.ts';

const MINUTES = 15;
/** Publishes that it doesn't know of wait until it is held anew. */
const RENEW_MINUTES = 1;

/** Since the claim was held: what was decided by a look after that is old by then. */
const FRESH_MILLISECONDS = 120_000;

/** Ages are counted by this clock and by that of S3. */
const CLOCK_SLACK_SECONDS = 300;

/** That a collection is running: publishes look for it, and another collection stops before it. */
export class Claim {
  readonly #key: string;
  readonly #store: CollectionStore;
  readonly #clock: Clock;
  readonly #lease: Omit<CollectionLease, 'at' | 'expires'>;
  #revision: string;
  #until: number;
  #held = 0;

  private constructor(request: ClaimRequest, revision: string, until: number) {
    this.#key = request.key;
    this.#store = request.store;
    this.#clock = request.clock;
    this.#lease = { token: request.token, by: request.by };
    this.#revision = revision;
    this.#until = until;
  }

  /** Throws a RefusedError when another one has it, or the clock is wrong. */
  static async take(request: ClaimRequest): Promise<Claim> {
    const { key, what, store, clock, token, by } = request;
    const other = await store.read(key);
    const lease = other && parse(key, other.bytes);
    const end = lease && new Date(Date.parse(lease.expires) + REQUEST_SECONDS * 1000);
    if (lease !== undefined && end !== undefined && end > clock.now()) {
      throw new RefusedError(
        `A collection of ${what} by ${lease.by} is running since ${lease.at}.`,
        `Wait for it. If it was killed, it counts as over at ${end.toISOString()}.`,
      );
    }
    const until = endOf(clock);
    const body = render({ token, by }, clock, until);
    const revision = await store.write(key, body, other?.revision);
    if (revision === undefined) throw moved(key);
    const claim = new Claim(request, revision, until);
    const wrong = await claim.#checkClock();
    if (wrong === undefined) return claim;
    // By a wrong clock the other one may not be over: then publishes must go on seeing that somebody is at work.
    if (other === undefined) await claim.end();
    throw new RefusedError(
      `Nothing of ${what} is deleted, because of a doubt: ${wrong}.`,
      'Set the clock and run it again; until then everything stays.',
    );
  }

  /** S3 says when the claim was stored, a moment ago. */
  async #checkClock(): Promise<string | undefined> {
    const now = this.#clock.now();
    const { found } = await this.#store.list(this.#key);
    const stored = found.find(({ key }) => key === this.#key)?.modified;
    const apart = stored && Math.abs(stored.getTime() - now.getTime());
    if (apart !== undefined && apart < CLOCK_SLACK_SECONDS * 1000) return undefined;
    return `the clock here says ${now.toISOString()}, and S3's ${stored?.toISOString() ?? 'nothing'}`;
  }

  /** Asked right before a deletion goes out: a computer may sleep, and what was to be sent is sent when it wakes. */
  readonly isFresh = (): boolean => this.#clock.now().getTime() - this.#held < FRESH_MILLISECONDS;

  /** Before each batch: still ours, and for long enough. */
  async hold(): Promise<void> {
    const now = this.#clock.now().getTime();
    const found = await this.#store.read(this.#key);
    if (found?.revision !== this.#revision) throw moved(this.#key);
    const left = this.#until - this.#clock.now().getTime();
    if (left <= 0) {
      throw new ConflictError(
        'This collection was stopped for so long that another one may begin.',
      );
    }
    this.#held = now;
    if (left > (MINUTES - RENEW_MINUTES) * 60_000) return;
    const until = endOf(this.#clock);
    const body = render(this.#lease, this.#clock, until);
    const revision = await this.#store.write(this.#key, body, this.#revision);
    if (revision === undefined) throw moved(this.#key);
    this.#revision = revision;
    this.#until = until;
  }

  /** Nothing is on its way any more. */
  async end(): Promise<void> {
    // Later somebody else may be taking it over.
    if (this.#clock.now().getTime() >= this.#until) return;
    await this.#store.removeIf(this.#key, this.#revision);
  }
}

/** Does it, and ends the claim; not where a deletion may still be on its way: then it ends by itself. */
export async function holding<Result>(claim: Claim, work: () => Promise<Result>): Promise<Result> {
  try {
    const result = await work();
    await claim.end();
    return result;
  } catch (error) {
    const isAnswered = error instanceof HeadgateError && !(error instanceof UnansweredError);
    if (isAnswered) await claim.end();
    throw error;
  }
}

export interface ClaimRequest {
  readonly key: string;
  /** An app, say. */
  readonly what: string;
  readonly store: CollectionStore;
  readonly clock: Clock;
  /** When it began: with `by`, of this run alone. */
  readonly token: string;
  readonly by: string;
}

function parse(key: string, bytes: Uint8Array): CollectionLease {
  try {
    return parseCollectionLease(Buffer.from(bytes).toString());
  } catch (cause) {
    const next =
      'Look at what wrote it. If no collection is running, delete it and run this again.';
    throw new HeadgateError(3, `${key} is not what this version of Headgate writes there.`, {
      next,
      cause,
    });
  }
}

function endOf(clock: Clock): number {
  return clock.now().getTime() + MINUTES * 60_000;
}

function render(
  lease: Omit<CollectionLease, 'at' | 'expires'>,
  clock: Clock,
  until: number,
): Uint8Array {
  const at = clock.now().toISOString();
  const whole: CollectionLease = { ...lease, at, expires: new Date(until).toISOString() };
  return Buffer.from(`${JSON.stringify(whole)}\n`);
}

function moved(what: string): ConflictError {
  return new ConflictError(`Another collection began (${what}); this one has stopped.`);
}
