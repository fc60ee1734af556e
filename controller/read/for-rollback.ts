import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { storeOf } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { adoptLive } from '../core/state/adopt.ts';
import { newestRoute, type Live } from '../core/state/live.ts';
import type { Context } from '../ports/context.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { RunFacts } from '../ports/surroundings.ts';
import { highestGeneration, readParameters, recordedHosts } from './recorded.ts';

/** Nothing that a rollback does depends on keys, pages, builds or other environments. */
const UNREAD = {
  hasKeys: true,
  pageBytes: undefined,
  builds: new Map(),
  observations: { alarms: [], entered: [], enteredUnreadable: undefined },
  required: new Map(),
  distribution: undefined,
} as const;

/** The record as stored; undefined: there is none. */
export type StoredRecord = Awaited<ReturnType<RecordStore['read']>>;

/**
 * The least a rollback needs: the live route. The record and the parameters are read if they can be.
 * `stored`: the record as read just now. Then it is urgent, and the KeyValueStore alone is asked: SSM is
 * looked at when it is written, which is after visitors are back.
 */
export async function readForRollback(
  context: Context,
  subject: EnvironmentSubject,
  stored?: StoredRecord,
): Promise<{ facts: EnvironmentFacts; problems: readonly string[] }> {
  const { app, environment, group } = subject;
  const now = context.clock.now();
  const known = await readKnown(context, subject, stored);
  const record = known.stored?.record;
  // Only the record knows what a policy that is older than the live route doesn't: without it the distribution tells.
  const served = record === undefined ? await readServed(context, subject) : [];
  const hosts = [...new Set([...environment.hosts, ...recordedHosts(record), ...served])];
  const store = record === undefined ? storeOf(group) : record.store;
  const arn = record?.remembered?.storeArn;
  const live = await readLive(context, subject, { store, arn, hosts, seen: known.parameters });
  const liveRoute = newestRoute(live, app.app, environment.name);
  // The store has lost it: SSM may have it still.
  if (liveRoute === undefined && stored !== undefined) return readForRollback(context, subject);
  const { steps } = environment.release;
  const { notify } = environment;
  const adopting = { now, by: known.run.by, steps, hosts, store, notify };
  const adoption = adoptLive(record, liveRoute, adopting);
  const facts: EnvironmentFacts = {
    ...subject,
    ...known.run,
    recordRevision: known.stored?.revision,
    recordedGeneration: highestGeneration(record),
    store,
    adoption,
    pause: record?.pause,
    liveRoute,
    live,
    // Not asked for, to save a request before visitors are back: the run before may have died right before
    // it wrote its entry, and writing that twice is harmless.
    hasHistory: false,
    ...UNREAD,
    now,
  };
  return { facts, problems: known.problems };
}

interface Known {
  readonly run: RunFacts;
  readonly stored: StoredRecord;
  /** undefined: not asked, or unreadable. */
  readonly parameters: Live['parameters'] | undefined;
  readonly problems: readonly string[];
}

async function readKnown(
  context: Context,
  subject: EnvironmentSubject,
  known: StoredRecord,
): Promise<Known> {
  const { app, environment } = subject;
  if (known !== undefined) {
    const run = await context.surroundings.facts();
    return { run, stored: known, parameters: undefined, problems: [] };
  }
  const [{ by, commit }, stored, parameters] = await Promise.all([
    context.surroundings.facts(),
    attempt('the record', () => context.records(app).read(app.app, environment.name)),
    attempt('SSM', () => readParameters(context, subject)),
  ]);
  return {
    run: { by, commit },
    stored: stored.found,
    parameters: parameters.found,
    problems: [...stored.problems, ...parameters.problems],
  };
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
  const { values, revision } = await context.routes.read(store, hosts);
  if (parameters !== undefined) return { values, revision, parameters };
  const unread = { route: undefined, activeBuild: undefined };
  return { values, revision, parameters: unread, isUnread: true };
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
