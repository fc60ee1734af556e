import { ConflictError } from '../core/errors.ts';
import type { WriteGolden, WriteRoute } from '../core/plan/change.ts';
import type { Context } from '../ports/context.ts';
import { ATTEMPTS, pauseBefore, tryUntilWritten } from './retry.ts';

interface HowToWrite {
  readonly isRollback: boolean;
  /** All of them or none; else those whose live route moved are left out, and the others written. */
  readonly isWhole: boolean;
}

/** Why a route was left out. */
export type LeftOut = ReadonlyMap<WriteRoute, ConflictError>;

/**
 * Writes one route to all its hosts in one call, fenced twice: the values must still be the ones
 * the plan was made against, and the store must not have moved since they were read.
 */
export async function writeRoute(
  change: WriteRoute,
  context: Context,
  isRollback: boolean,
): Promise<void> {
  await writeRoutes([change], context, { isRollback, isWhole: true });
}

/** The same for the routes of several environments in one store: one call, so nobody sees half of it. */
export async function writeRoutes(
  changes: readonly [WriteRoute, ...WriteRoute[]],
  context: Context,
  how: HowToWrite,
): Promise<LeftOut> {
  const { isRollback } = how;
  const [{ store }] = changes;
  const leftOut = new Map<WriteRoute, ConflictError>();
  const isWritten = await tryUntilWritten({ clock: context.clock, isRollback }, (attempt) => {
    const known = isRollback && attempt === 0 ? sharedRevision(changes) : undefined;
    return tryWrite({ store, changes, leftOut, known }, context, how);
  });
  if (isWritten) return leftOut;
  throw new ConflictError(`The KeyValueStore ${store} kept moving: gave up.`);
}

/** At which all of them were planned; undefined: they were read one after the other, and it moved in between. */
function sharedRevision([first, ...others]: readonly [WriteRoute, ...WriteRoute[]]) {
  const { revision } = first;
  return others.every((other) => other.revision === revision) ? revision : undefined;
}

interface Try {
  readonly store: string;
  readonly changes: readonly WriteRoute[];
  readonly leftOut: Map<WriteRoute, ConflictError>;
  readonly known: string | undefined;
}

/**
 * True once the routes are there, as read back; false when the store moved in between. With the revision
 * that the plan was made at, a store that has not moved since need not be read again: visitors wait.
 */
async function tryWrite(
  { store, changes, leftOut, known }: Try,
  context: Context,
  { isWhole }: HowToWrite,
): Promise<boolean> {
  const left = () => changes.filter((change) => !leftOut.has(change));
  const found =
    known === undefined
      ? await context.routes.read(store, left().flatMap(keysOf))
      : {
          revision: known,
          values: new Map(changes.flatMap((one) => Object.entries(one.replaces))),
        };
  for (const change of left()) {
    const moved = isDone(change, found.values) ? undefined : findMoved(change, found.values);
    if (moved !== undefined && isWhole) throw moved;
    if (moved !== undefined) leftOut.set(change, moved);
  }
  const open = left().filter((change) => !isDone(change, found.values));
  if (open.length === 0) return true;
  const outcome = await context.routes.write(store, found.revision, {
    put: new Map(open.flatMap(({ hosts, route }) => hosts.map((host) => [host, route]))),
    remove: open.flatMap(({ remove }) => remove.filter((host) => found.values.has(host))),
  });
  if (outcome === 'conflict') return false;
  const after = await context.routes.read(store, left().flatMap(keysOf));
  return left().every((change) => isDone(change, after.values));
}

function keysOf({ hosts, remove }: WriteRoute): readonly string[] {
  return [...hosts, ...remove];
}

function isDone(
  { hosts, remove, route }: WriteRoute,
  values: ReadonlyMap<string, string>,
): boolean {
  return (
    hosts.every((host) => values.get(host) === route) && remove.every((host) => !values.has(host))
  );
}

function findMoved(
  change: WriteRoute,
  values: ReadonlyMap<string, string>,
): ConflictError | undefined {
  const { app, environment, replaces } = change;
  const host = keysOf(change).find((key) => values.has(key) && values.get(key) !== replaces[key]);
  if (host === undefined) return undefined;
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
