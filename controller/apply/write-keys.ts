import { ConflictError } from '../core/errors.ts';
import type { Context } from '../ports/context.ts';
import { ATTEMPTS, pauseBefore } from './retry.ts';

export interface WriteKeys {
  readonly store: string;
  readonly key: string;
  readonly value: string;
  /** What `value` was made to replace; undefined: nothing was there. */
  readonly replaces: string | undefined;
}

/** Replaces the derived keys of an environment; refused when another run replaced them first. */
export async function writeKeys(change: WriteKeys, context: Context): Promise<void> {
  const { store, key, value, replaces } = change;
  for (let attempt = 0; attempt < ATTEMPTS.forward; attempt++) {
    await pauseBefore(attempt, context.clock);
    const { revision, values } = await context.routes.read(store, [key]);
    const found = values.get(key);
    if (found === value) return;
    if (found !== replaces) throw new ConflictError(`Another run changed ${key} at the same time.`);
    await context.routes.write(store, revision, { put: new Map([[key, value]]), remove: [] });
  }
  throw new ConflictError(`The KeyValueStore ${store} kept moving: gave up on ${key}.`);
}
