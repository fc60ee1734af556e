import { ConflictError, RefusedError } from '../../core/errors.ts';
import { isRunning, parseCollectionLease, type CollectionLease } from '../../core/gc/lease.ts';
import { whyUnreadable } from '../../core/publish/manifest-text.ts';
import { keys } from '../../core/state/keys.ts';
import type { Context, Place } from '../../ports/context.ts';
import type { Lease } from './lease.ts';

type CollectionContext = Pick<Context, 'publishNotes' | 'clock' | 'terminal'>;

interface Where {
  readonly app: string;
  readonly place: Place;
  /** Ours: it must be there, and stays while another's end is waited for. */
  readonly lease: Pick<Lease, 'storeTime' | 'keep'>;
}

/** A collection that may have begun before our lease was there: it may be deleting what we find. */
async function findCollection(
  { app, place, lease }: Where,
  { publishNotes }: CollectionContext,
): Promise<CollectionLease | undefined> {
  const key = keys.collection(app);
  const notes = publishNotes(place);
  const text = await notes.read(key);
  if (text === undefined) return undefined;
  const found = parse(text, `s3://${place.bucket}/${key}`);
  const [stored, now] = await Promise.all([notes.modified(key), lease.storeTime()]);
  return stored !== undefined && isRunning(found, { stored, now }) ? found : undefined;
}

function parse(text: string, where: string): CollectionLease {
  try {
    return parseCollectionLease(text);
  } catch (error) {
    throw new RefusedError(
      `${where} is not what a collection writes there: ${whyUnreadable(error)}.`,
      'Look at what wrote it. Delete it when no `headgate gc` is running, and publish again.',
    );
  }
}

/** Looks for a collection while the first files are on their way already. */
export class CollectionWatch {
  readonly #where: Where;
  readonly #context: CollectionContext;
  #found: Promise<CollectionLease | undefined>;
  #failure: { readonly reason: unknown } | undefined;
  #isSure = false;

  /** Made when our lease is there. */
  constructor(where: Where, context: CollectionContext) {
    this.#where = where;
    this.#context = context;
    this.#found = findCollection(where, context);
    this.#found.then(
      () => (this.#isSure = true),
      (reason: unknown) => (this.#failure = { reason }),
    );
  }

  /** Whether it is known that one was at work, or none, when what is asked from now on is found. */
  get isSure(): boolean {
    return this.#isSure;
  }

  /** undefined: none is, but such as know of us. */
  get found(): Promise<CollectionLease | undefined> {
    return this.#found;
  }

  /** Throws when nobody can tell: then nothing more need be sent. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }

  /** Until none is at work but such as know of us. */
  async wait(): Promise<void> {
    const seen = await this.#found;
    if (seen === undefined) return;
    await waitForCollection(seen, this.#where, this.#context);
    this.#found = Promise.resolve(undefined);
  }
}

const PAUSE = 15_000;
/** More than a killed collection counts as running: half an hour. */
const LOOKS = 130;

/** Until it is over, or has begun to look anew and thus seen our lease. */
async function waitForCollection(
  seen: CollectionLease,
  where: Where,
  context: CollectionContext,
): Promise<void> {
  context.terminal.note(
    `Waiting for the collection by ${seen.by}: it began before this publish, and may delete what was found. If it was killed, it counts as over a quarter of an hour after ${seen.expires}.`,
  );
  for (let looks = 0; looks < LOOKS; looks++) {
    await context.clock.sleep(PAUSE);
    await where.lease.keep();
    const found = await findCollection(where, context);
    if (found === undefined || found.token !== seen.token || found.at !== seen.at) return;
  }
  throw new ConflictError(`The collection of ${where.app} by ${seen.by} does not come to its end.`);
}
