import { ConflictError } from '../core/errors.ts';
import type { ConfirmRelease, WriteRelease } from '../core/plan/change.ts';
import { parseRoute } from '../core/state/route.ts';
import type { Context } from '../ports/context.ts';
import type { Parameter } from '../ports/parameter-store.ts';
import { ATTEMPTS, pauseBefore, tryUntilWritten } from './retry.ts';
import { rememberCovered, type RecordSession } from './write-record.ts';

/**
 * Writes the route that Lambda@Edge reads. SSM has no conditional write: the parameter is looked at
 * right before, and its version must then have grown by exactly one. If it grew by more, two runs
 * wrote at once, and the record, which has compare-and-set, tells whose word counts.
 */
export async function writeRelease(
  change: WriteRelease,
  context: Context,
  run: WritingRun,
): Promise<void> {
  await tryUntilWritten({ clock: context.clock, isRollback: run.isRollback }, async () => {
    await tryWrite(change, context, run);
    return true;
  });
}

interface WritingRun {
  readonly isRollback: boolean;
  readonly session: RecordSession;
}

async function tryWrite(
  change: WriteRelease,
  context: Context,
  { isRollback, session }: WritingRun,
): Promise<void> {
  const { route, replaces } = change;
  const found = await readRelease(change, context);
  if (found?.value === route) return;
  if (found?.value !== replaces) throw movedError(change);
  const version = await context.parameters(change.region).write(change.name, route);
  // A rollback that covered someone finds that out when it writes the record.
  if (version !== (found?.version ?? 0) + 1 && !isRollback) {
    await yieldToRecord(change, context, session);
  }
  if ((await readRelease(change, context))?.value !== route) throw movedError(change);
}

/**
 * A forward route may have covered a rollback that had just been written. Either that run has written
 * its record, and we put back what that says; or it finds our route when it confirms its own; or it
 * dies before, and only we know that edges may have its generation and will not take ours.
 */
async function yieldToRecord(
  change: WriteRelease,
  context: Context,
  session: RecordSession,
): Promise<void> {
  const { app, environment, place, region, name, route } = change;
  const stored = await context.records(place).read(app, environment);
  const { route: recorded } = stored?.record.intent ?? stored?.record ?? { route };
  if (recorded !== route) {
    await context.parameters(region).write(name, recorded);
    throw movedError(change);
  }
  if (stored !== undefined) await rememberCovered(stored, context.records(place), session);
}

/**
 * The last step of a rollback. A forward run that looked before us and wrote after us knows nothing
 * of it; one whose generation is higher was planned on the record that we have just written.
 */
export async function confirmRelease(change: ConfirmRelease, context: Context): Promise<void> {
  const { region, name, route } = change;
  for (let attempt = 0; attempt < ATTEMPTS.rollback; attempt++) {
    await pauseBefore(attempt, context.clock);
    const found = await readRelease(change, context);
    if (found?.value === route || generationOf(found?.value) > generationOf(route)) return;
    await context.parameters(region).write(name, route);
  }
  throw new ConflictError(`The SSM parameter ${name} kept moving: gave up.`);
}

async function readRelease(
  { region, name }: WriteRelease | ConfirmRelease,
  context: Context,
): Promise<Parameter | undefined> {
  return (await context.parameters(region).read([name])).get(name);
}

function generationOf(route: string | undefined): number {
  return parseRoute(route)?.gen ?? 0;
}

function movedError({ app, environment, name }: WriteRelease): ConflictError {
  return new ConflictError(
    `The live route of ${app}/${environment} (SSM ${name}) moved while this run was writing: what the other run wrote stands.`,
  );
}
