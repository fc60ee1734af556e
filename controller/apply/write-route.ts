import { ConflictError } from '../core/errors.ts';
import type { WriteGolden, WriteRoute } from '../core/plan/change.ts';
import type { Context } from '../ports/context.ts';
import { ATTEMPTS, pauseBefore, tryUntilWritten } from './retry.ts';

/**
 * Writes one route to all its hosts in one call, fenced twice: the values must still be the ones
 * the plan was made against, and the store must not have moved since they were read.
 */
export async function writeRoute(
  change: WriteRoute,
  context: Context,
  isRollback: boolean,
): Promise<void> {
  const isWritten = await tryUntilWritten({ clock: context.clock, isRollback }, (attempt) =>
    tryWrite(change, context, isRollback && attempt === 0 ? change.revision : undefined),
  );
  if (isWritten) return;
  throw new ConflictError(`The KeyValueStore ${change.store} kept moving: gave up.`);
}

/**
 * True once the route is there, as read back; false when the store moved in between. With the revision
 * that the plan was made at, a store that has not moved since need not be read again: visitors wait.
 */
async function tryWrite(
  change: WriteRoute,
  context: Context,
  known: string | undefined,
): Promise<boolean> {
  const { store, hosts, remove, route, replaces } = change;
  const found =
    known === undefined
      ? await context.routes.read(store, [...hosts, ...remove])
      : { revision: known, values: new Map(Object.entries(replaces)) };
  if (isDone(change, found.values)) return true;
  for (const [host, value] of found.values) {
    if (replaces[host] !== value) throw movedError(change, host);
  }
  const outcome = await context.routes.write(store, found.revision, {
    put: new Map(hosts.map((host) => [host, route])),
    remove: remove.filter((host) => found.values.has(host)),
  });
  if (outcome === 'conflict') return false;
  const after = await context.routes.read(store, [...hosts, ...remove]);
  return isDone(change, after.values);
}

function isDone(
  { hosts, remove, route }: WriteRoute,
  values: ReadonlyMap<string, string>,
): boolean {
  return (
    hosts.every((host) => values.get(host) === route) && remove.every((host) => !values.has(host))
  );
}

function movedError({ app, environment }: WriteRoute, host: string): ConflictError {
  return new ConflictError(
    `The live route of ${app}/${environment} (${host}) moved while this run was writing: nothing was overwritten.`,
  );
}

/** The reserved key holds the same bytes for every version of this code, so it needs no fence but the store's. */
export async function writeGolden(change: WriteGolden, context: Context): Promise<void> {
  const { store, key, value } = change;
  for (let attempt = 0; attempt < ATTEMPTS.forward; attempt++) {
    await pauseBefore(attempt, context.clock);
    const found = await context.routes.read(store, [key]);
    if (found.values.get(key) === value) return;
    const put = new Map([[key, value]]);
    const outcome = await context.routes.write(store, found.revision, { put, remove: [] });
    if (outcome === 'written') return;
  }
  throw new ConflictError(
    `The KeyValueStore ${store} kept moving while its golden route was written.`,
  );
}
