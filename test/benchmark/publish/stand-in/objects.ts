/** What a bucket holds: sizes, ETags and the headers of the PUT; bodies only of what is small and read again. */

export interface StoredObject {
  readonly size: number;
  readonly etag: string;
  /** The head of the request that stored it, where its metadata is. */
  readonly text: string;
  readonly body?: Buffer | undefined;
}

export interface Window {
  readonly prefix: string;
  readonly delimiter: string;
  /** The first key that may be told. */
  readonly from: string;
  readonly limit: number;
}

export interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** Where the next page begins; undefined: this is the last. */
  readonly next: string | undefined;
}

export interface Objects {
  readonly get: (key: string) => StoredObject | undefined;
  readonly set: (key: string, object: StoredObject) => void;
  readonly delete: (key: string) => void;
  readonly list: (window: Window) => Page;
  /** Objects since the last `reset`. */
  readonly count: () => number;
  /** What is there now is what `reset` returns to. */
  readonly freeze: () => void;
  readonly reset: () => void;
  readonly clear: () => void;
}

/** Two layers, so that 300,000 keys are sorted once and a run's own are dropped at once. Keys are in order of UTF-16. */
export function createObjects(): Objects {
  const frozen = new Map<string, StoredObject>();
  const live = new Map<string, StoredObject>();
  const gone = new Set<string>();
  let frozenKeys: readonly string[] = [];
  let liveKeys: readonly string[] | undefined = [];

  const reset = () => {
    live.clear();
    gone.clear();
    liveKeys = undefined;
  };
  const has = (key: string) => live.has(key) || (frozen.has(key) && !gone.has(key));

  function freeze(): void {
    for (const key of gone) frozen.delete(key);
    for (const [key, object] of live) frozen.set(key, object);
    frozenKeys = [...frozen.keys()].toSorted(compare);
    reset();
  }

  function list({ prefix, delimiter, from, limit }: Window): Page {
    liveKeys ??= [...live.keys()].toSorted(compare);
    const walk = createWalk(frozenKeys, liveKeys);
    walk.jump(from > prefix ? from : prefix);
    const keys: string[] = [];
    const prefixes: string[] = [];
    for (let bound = from; ;) {
      const key = walk.next();
      if (key?.startsWith(prefix) !== true) return { keys, prefixes, next: undefined };
      if (!has(key)) continue;
      if (keys.length + prefixes.length === limit) return { keys, prefixes, next: bound };
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      if (end < 0) {
        keys.push(key);
        bound = `${key}\0`;
      } else {
        const common = key.slice(0, end + delimiter.length);
        prefixes.push(common);
        bound = `${common}\uFFFF`;
        walk.jump(bound);
      }
    }
  }

  return {
    get: (key) => live.get(key) ?? (gone.has(key) ? undefined : frozen.get(key)),
    set(key, object) {
      if (!live.has(key)) liveKeys = undefined;
      live.set(key, object);
    },
    delete(key) {
      if (live.delete(key)) liveKeys = undefined;
      if (frozen.has(key)) gone.add(key);
    },
    list,
    count: () => live.size,
    freeze,
    reset,
    clear() {
      frozen.clear();
      frozenKeys = [];
      reset();
    },
  };
}

/** Through two sorted lists as if they were one. */
function createWalk(first: readonly string[], second: readonly string[]) {
  let i = 0;
  let j = 0;
  return {
    next(): string | undefined {
      const [a, b] = [first[i], second[j]];
      if (a === undefined && b === undefined) return undefined;
      const takesFirst = a !== undefined && (b === undefined || a <= b);
      if (takesFirst) i += 1;
      if (!takesFirst || a === b) j += 1;
      return takesFirst ? a : b;
    },
    jump(to: string): void {
      i = findFrom(first, to);
      j = findFrom(second, to);
    },
  };
}

function findFrom(sorted: readonly string[], to: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < to) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
