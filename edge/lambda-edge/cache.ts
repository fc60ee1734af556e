export interface CacheOptions<Value> {
  /** For so long a value is given without asking. */
  readonly maxAgeMillis: number;
  /** How long to wait for a newer value before the old one is given; 0: it is given at once. */
  readonly refreshMillis: number;
  /**
   * How long to wait for a first value, or for one in the place of a very old one. A first read that
   * fails in that time is made once more.
   */
  readonly firstMillis: number;
  /** Whether what was read may take the last value's place. Default: always. */
  readonly mayReplace?: (next: Value, last: Value) => boolean;
  /** Told of every read that failed. */
  readonly failed: (key: string, error: unknown) => void;
}

/** Values in the memory of this instance. undefined: there is none yet. Never throws. */
export type Cache<Value> = (key: string, read: () => Promise<Value>) => Promise<Value | undefined>;

/** After a failed or late read nobody waits for another one for so long; twice as long each time, up to the maximum age. */
const PAUSE_MILLIS = 1000;
/**
 * An instance is frozen between events, and what it waits for with it: far from the app's region, with a
 * visitor now and then, no late read would ever come in. So this many maximum ages are too old to be
 * given after the short wait.
 */
const OLD_AGES = 3;
/** A read that began so long ago was ended by its own limit, unless the instance was frozen: then it is dead. */
const DEAD_MILLIS = 4000;

interface Entry<Value> {
  value?: Value;
  /** When the read began that gave the value, or confirmed it. */
  readAt: number;
  pausedUntil: number;
  /** Reads that failed or were late since the last one that gave a value. */
  failures: number;
  /** The one in flight. It goes on when nobody waits for it any more. */
  reading?: Reading | undefined;
}

interface Reading {
  readonly startedAt: number;
  /** Whether it succeeded. */
  readonly done: Promise<boolean>;
}

interface Wanted<Value> {
  readonly key: string;
  readonly read: () => Promise<Value>;
}

export function createCache<Value>(options: CacheOptions<Value>): Cache<Value> {
  const { maxAgeMillis, firstMillis, refreshMillis } = options;
  const entries = new Map<string, Entry<Value>>();
  return async (key, read) => {
    const entry = entries.get(key) ?? { readAt: -Infinity, pausedUntil: -Infinity, failures: 0 };
    entries.set(key, entry);
    const now = Date.now();
    const age = now - entry.readAt;
    if (age < maxAgeMillis || now < entry.pausedUntil) return entry.value;
    const isFirst = entry.value === undefined;
    const limit = age < OLD_AGES * maxAgeMillis ? refreshMillis : firstMillis;
    const refresh = () => waitFor(joinReading(options, entry, { key, read }), limit);
    let done = await refresh();
    if (isFirst && done === false) done = await refresh();
    if (done !== true) {
      const pause = isFirst ? 0 : Math.min(PAUSE_MILLIS * 2 ** entry.failures++, maxAgeMillis);
      entry.pausedUntil = Date.now() + Math.max(PAUSE_MILLIS, pause);
    }
    return entry.value;
  };
}

function joinReading<Value>(
  options: CacheOptions<Value>,
  entry: Entry<Value>,
  wanted: Wanted<Value>,
): Promise<boolean> {
  const startedAt = Date.now();
  if (entry.reading && startedAt - entry.reading.startedAt < DEAD_MILLIS) return entry.reading.done;
  const done = update(options, entry, { ...wanted, startedAt }).finally(() => {
    if (entry.reading === reading) entry.reading = undefined;
  });
  const reading: Reading = { startedAt, done };
  entry.reading = reading;
  return done;
}

async function update<Value>(
  { mayReplace = () => true, failed }: CacheOptions<Value>,
  entry: Entry<Value>,
  { key, read, startedAt }: Wanted<Value> & { readonly startedAt: number },
): Promise<boolean> {
  try {
    const next = await read();
    // One that was taken for dead may come in after its successor.
    if (startedAt < entry.readAt) return true;
    if (entry.value === undefined || mayReplace(next, entry.value)) entry.value = next;
    entry.readAt = startedAt;
    entry.failures = 0;
    return true;
  } catch (error) {
    failed(key, error);
    return false;
  }
}

/** undefined: it takes longer. With 0 nobody waits at all. */
export async function waitFor<T>(promise: Promise<T>, millis: number): Promise<T | undefined> {
  if (millis === 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
