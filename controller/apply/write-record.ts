import { ConflictError } from '../core/errors.ts';
import type { WriteIntent, WriteRecord } from '../core/plan/change.ts';
import { withPause } from '../core/state/pause.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import { keepUntold } from '../core/state/untold.ts';
import type { Context } from '../ports/context.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { highestGeneration } from '../read/recorded.ts';
import { ATTEMPTS, pauseBefore } from './retry.ts';

/** The revision our own writes left behind; the next compare-and-set goes on from it. */
export interface RecordSession {
  revision: string | undefined;
  /** A generation above this run's, which another run may have had served before this one covered it. */
  mayBeServed?: number;
}

export async function writeIntent(
  change: WriteIntent,
  context: Context,
  session: RecordSession,
): Promise<void> {
  session.revision = await context.records(change.place).write(change.record, change.revision);
}

/**
 * Forward, a record that moved stops the run. After a rollback the edge has already gone back: the
 * record is written over whatever an interrupted forward run left, unless it already knows a newer
 * generation.
 */
export async function writeRecord(
  change: WriteRecord,
  context: Context,
  { session, isRollback }: { session: RecordSession; isRollback: boolean },
): Promise<void> {
  const records = context.records(change.place);
  const revision = session.revision ?? change.revision;
  if (!isRollback) {
    session.revision = await records.write(withCovered(change.record, session), revision);
    return;
  }
  const { app, environment, generation } = change.record;
  let { record } = change;
  let expected = revision;
  for (let attempt = 0; attempt < ATTEMPTS.rollback; attempt++) {
    await pauseBefore(attempt, context.clock);
    try {
      await records.write(record, expected);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    const found = await records.read(app, environment);
    if (found !== undefined) refuseTaken(change, found.record);
    if (found !== undefined && found.record.generation >= generation) return;
    if (found !== undefined) {
      record = keepUntold(withPause(record, found.record.pause), found.record);
    }
    expected = found?.revision;
  }
  throw new ConflictError(
    `The record of ${app}/${environment} kept moving. The edge has rolled back; the next run adopts that.`,
  );
}

/**
 * On Lambda@Edge: somebody else's route was there between our look at SSM and our write, planned on
 * this same record. The run after ours goes above it.
 */
export async function rememberCovered(
  { record, revision }: { readonly record: EnvironmentRecord; readonly revision: string },
  records: RecordStore,
  session: RecordSession,
): Promise<void> {
  const { intent } = record;
  session.mayBeServed = highestGeneration(record) + 1;
  const next = {
    ...withCovered(record, session),
    ...(intent && { intent: withCovered(intent, session) }),
  };
  session.revision = await records.write(next, revision);
}

function withCovered(record: EnvironmentRecord, session: RecordSession): EnvironmentRecord {
  const { mayBeServed } = session;
  return mayBeServed === undefined ? record : { ...record, mayBeServed };
}

/**
 * Without a KeyValueStore nothing kept a forward run from releasing the same generation meanwhile:
 * the rollback is then made again, above it.
 */
function refuseTaken({ record }: WriteRecord, found: EnvironmentRecord): void {
  const { app, environment, generation, route, store } = record;
  const highest = Math.max(found.generation, found.intent?.generation ?? 0);
  if (store !== undefined || highest < generation || found.route === route) return;
  throw new ConflictError(`Another run released ${app}/${environment} at the same time.`);
}
