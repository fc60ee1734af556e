import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { storeOf } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { adoptLive } from '../core/state/adopt.ts';
import { newestRoute, type Live } from '../core/state/live.ts';
import type { Context } from '../ports/context.ts';
import { highestGeneration, readParameters, recordedHosts } from './environment.ts';

/** Nothing that a rollback does depends on keys, pages, builds or other environments. */
const UNREAD = {
  hasKeys: true,
  pageBytes: undefined,
  builds: new Map(),
  observations: { alarms: [], entered: [], enteredUnreadable: undefined },
  required: new Map(),
  distribution: undefined,
} as const;

/** The least a rollback needs: the live route. The record and the parameters are read if they can be. */
export async function readForRollback(
  context: Context,
  subject: EnvironmentSubject,
): Promise<{ facts: EnvironmentFacts; problems: readonly string[] }> {
  const { app, environment, group } = subject;
  const now = context.clock.now();
  const [{ by, commit }, stored, parameters] = await Promise.all([
    context.surroundings.facts(),
    attempt('the record', () => context.records(app).read(app.app, environment.name)),
    attempt('SSM', () => readParameters(context, subject)),
  ]);
  const record = stored.found?.record;
  // Only the record knows what a policy that is older than the live route doesn't: then the distribution tells.
  const served = stored.problems.length === 0 ? [] : await readServed(context, subject);
  const hosts = [...new Set([...environment.hosts, ...recordedHosts(record), ...served])];
  const store = record === undefined ? storeOf(group) : record.store;
  const arn = record?.remembered?.storeArn;
  const live = await readLive(context, subject, { store, arn, hosts, seen: parameters.found });
  const liveRoute = newestRoute(live, app.app, environment.name);
  const { steps } = environment.release;
  const adoption = adoptLive(record, liveRoute, { now, by, steps, hosts, store });
  const facts: EnvironmentFacts = {
    ...subject,
    recordRevision: stored.found?.revision,
    recordedGeneration: highestGeneration(record),
    store,
    adoption,
    pause: record?.pause,
    liveRoute,
    live,
    // Not asked for, to save a request: what is adopted may lack its entry, and writing it twice is harmless.
    hasHistory: adoption.reason === undefined || adoption.reason === 'intent-void',
    ...UNREAD,
    now,
    by,
    commit,
  };
  return { facts, problems: [...stored.problems, ...parameters.problems] };
}

async function readServed(
  context: Context,
  { environment: { edge } }: EnvironmentSubject,
): Promise<readonly string[]> {
  const { found } = await attempt('the distribution', () =>
    context.distributions.read(edge.distribution),
  );
  return found === undefined ? [] : [...found.aliases, found.domain];
}

interface Reading {
  readonly store: string | undefined;
  /** Of the store, as the record remembers it. */
  readonly arn: string | undefined;
  readonly hosts: readonly string[];
  /** As far as they could be read. */
  readonly seen: Live['parameters'] | undefined;
}

async function readLive(
  context: Context,
  subject: EnvironmentSubject,
  { store, arn, hosts, seen: parameters }: Reading,
): Promise<Live> {
  if (store === undefined) {
    // The route is there and nowhere else: this time it must be read.
    return {
      values: new Map(),
      parameters: parameters ?? (await readParameters(context, subject)),
    };
  }
  if (arn !== undefined) context.routes.remember(store, arn);
  const { values } = await context.routes.read(store, hosts);
  return { values, parameters: parameters ?? { route: undefined, activeBuild: undefined } };
}

/** Rollback stays open: what can't be read is told, and put right later, but stops nothing. */
async function attempt<Found>(
  name: string,
  read: () => Promise<Found>,
): Promise<{ found: Found | undefined; problems: readonly string[] }> {
  try {
    return { found: await read(), problems: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { found: undefined, problems: [`${name} can't be used: ${why}`] };
  }
}
