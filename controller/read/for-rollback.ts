import type { EnvironmentFacts } from '../core/plan/facts.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { adoptLive } from '../core/state/adopt.ts';
import { newestRoute } from '../core/state/live.ts';
import type { Context } from '../ports/context.ts';
import { readLive } from './environment.ts';

/** The least a rollback needs: the live route. The record is read if it can be. */
export async function readForRollback(
  context: Context,
  subject: EnvironmentSubject,
): Promise<{ facts: EnvironmentFacts; problem: string | undefined }> {
  const { app, environment, group } = subject;
  const now = context.clock.now();
  const [{ by, commit }, stored] = await Promise.all([
    context.surroundings.facts(),
    readRecord(context, subject),
  ]);
  const hosts = stored.found?.record.hosts ?? environment.hosts;
  const live = await readLive(context, subject, hosts);
  const liveRoute = newestRoute(live, app.app, environment.name);
  const { steps } = environment.release;
  const facts: EnvironmentFacts = {
    app,
    environment,
    group,
    recordRevision: stored.found?.revision,
    adoption: adoptLive(stored.found?.record, liveRoute, { now, by, steps, hosts }),
    liveRoute,
    live,
    hasHistory: true,
    builds: new Map(),
    observations: { alarms: [], entered: [], enteredUnreadable: undefined },
    distribution: undefined,
    now,
    by,
    commit,
  };
  return { facts, problem: stored.problem };
}

async function readRecord(context: Context, { app, environment }: EnvironmentSubject) {
  try {
    const found = await context.records(app).read(app.app, environment.name);
    return { found, problem: undefined };
  } catch (error) {
    // Rollback stays open: an unreadable record is told, and adopted later, but stops nothing.
    return { found: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}
