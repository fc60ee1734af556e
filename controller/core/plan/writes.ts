import { parameters } from '../state/keys.ts';
import type { Live } from '../state/live.ts';
import type { EnvironmentRecord, HistoryEntry, State } from '../state/record.ts';
import { EVERYONE, isNewerVersion } from '../state/route.ts';
import type { Change, Place, ServedFrom, WriteParameter } from './change.ts';
import { foreignOwner, type EnvironmentFacts } from './facts.ts';

/**
 * Forward: what we are about to do is written down first, the edge second, so that a run that
 * crashes in between is finished or voided by the next, and never mistaken for drift.
 */
export function writeForward(facts: EnvironmentFacts, next: EnvironmentRecord): readonly Change[] {
  const place = placeOf(facts);
  const { app, environment } = next;
  return [
    ...tellFormer(facts),
    {
      kind: 'write-intent',
      place,
      record: { ...(facts.adoption.record ?? unreleased(next)), intent: next },
      revision: facts.recordRevision,
    },
    ...tellAdopted(facts),
    ...writeEdge(facts, next),
    { kind: 'write-record', place, record: next, revision: undefined },
    { kind: 'append-history', place, app, environment, entry: next.last },
  ];
}

/** Rollback: the edge first, because visitors come first and the route itself carries the news. */
export function writeRollback(facts: EnvironmentFacts, next: EnvironmentRecord): readonly Change[] {
  const place = placeOf(facts);
  const { app, environment } = next;
  return [
    ...writeEdge(facts, next),
    // Of the generation that is rolled back, when the run that wrote it did not get that far.
    ...tellFormer(facts),
    { kind: 'write-record', place, record: next, revision: facts.recordRevision },
    { kind: 'append-history', place, app, environment, entry: next.last },
    ...tellAdopted(facts),
    ...confirm(facts, next),
  ];
}

/** What differs from the record goes back to what the record says; the same bytes, no new generation. */
export function writeRepairs(facts: EnvironmentFacts): readonly Change[] {
  const { record, reason } = facts.adoption;
  if (record === undefined) return [];
  const changes = [...writeEdge(facts, record), ...tellFormer(facts)];
  if (reason !== undefined) {
    const place = placeOf(facts);
    changes.push({ kind: 'write-record', place, record, revision: facts.recordRevision });
  }
  return [...changes, ...tellAdopted(facts)];
}

/** A record for an environment that has none yet, so that the first intent has a place. */
function unreleased(next: EnvironmentRecord): EnvironmentRecord {
  return { ...next, generation: 0, route: '', hosts: [] };
}

/** An event is told before the record forgets it. An entry that is there already stays as it is. */
function tellFormer(facts: EnvironmentFacts): readonly Change[] {
  const { record, reason, former = [] } = facts.adoption;
  const isKnown = record !== undefined && !facts.hasHistory && !isGuess(reason);
  return appendEach(facts, isKnown ? [...former, record.last] : former);
}

/**
 * What is adopted from the edge alone is told once our record is written, or our intent: a run whose
 * record we have not seen yet may be about to tell what it really was.
 */
function tellAdopted(facts: EnvironmentFacts): readonly Change[] {
  const { record, reason } = facts.adoption;
  const isNew = record !== undefined && !facts.hasHistory && isGuess(reason);
  return appendEach(facts, isNew ? [record.last] : []);
}

function isGuess(reason: EnvironmentFacts['adoption']['reason']): boolean {
  return reason === 'rollback' || reason === 'newer-route';
}

function appendEach(facts: EnvironmentFacts, entries: readonly HistoryEntry[]): readonly Change[] {
  const place = placeOf(facts);
  const { app, environment } = { app: facts.app.app, environment: facts.environment.name };
  return entries.map(
    (entry) => ({ kind: 'append-history', place, app, environment, entry }) as const,
  );
}

/** Only what is not there yet. */
function writeEdge(facts: EnvironmentFacts, record: EnvironmentRecord): readonly Change[] {
  const { store } = facts;
  if (store === undefined) return writeReleased(facts, record);
  return [...writeRoute(facts, record, store), ...writeParameters(facts, record, store)];
}

/** Where Lambda@Edge reads the route from SSM, that write is the release. */
function writeReleased(facts: EnvironmentFacts, record: EnvironmentRecord): readonly Change[] {
  const { route: live } = facts.live.parameters;
  if (isNewerVersion(live?.value)) return [];
  const release = releaseOf(facts, record);
  const same = live?.value === record.route;
  const write = { ...release, kind: 'write-release', place: placeOf(facts) } as const;
  const served = { parameter: release.name };
  return [
    ...(same ? [] : [{ ...write, replaces: live?.value }]),
    ...writeActiveBuild(facts, record, served),
  ];
}

function confirm(facts: EnvironmentFacts, next: EnvironmentRecord): readonly Change[] {
  return facts.store === undefined ? [{ kind: 'confirm-release', ...releaseOf(facts, next) }] : [];
}

function releaseOf({ app: { region } }: EnvironmentFacts, record: EnvironmentRecord) {
  const { app, environment, route } = record;
  return { app, environment, region, name: parameters.route(app, environment), route };
}

function writeRoute(
  facts: EnvironmentFacts,
  record: EnvironmentRecord,
  store: string,
): readonly Change[] {
  const { app, environment, route } = record;
  const { live } = facts;
  const hosts = ownHosts(facts, record.hosts);
  const remove = leftHosts(facts, record);
  if (remove.length === 0 && hosts.every((host) => live.values.get(host) === route)) return [];
  const replaces = Object.fromEntries(live.values);
  const { revision } = live;
  const fence = { replaces, ...(revision !== undefined && { revision }) };
  return [{ kind: 'write-route', store, app, environment, route, hosts, remove, ...fence }];
}

/** Those that the environment had and has no longer, as far as they still carry its route. */
function leftHosts(facts: EnvironmentFacts, record: EnvironmentRecord): readonly string[] {
  const former = facts.adoption.record?.hosts ?? [];
  const left = former.filter((host) => !record.hosts.includes(host) && facts.live.values.has(host));
  return ownHosts(facts, left);
}

function ownHosts(facts: EnvironmentFacts, hosts: readonly string[]): readonly string[] {
  return hosts.filter((host) => foreignOwner(facts, host) === undefined);
}

function writeParameters(
  facts: EnvironmentFacts,
  record: EnvironmentRecord,
  store: string,
): readonly Change[] {
  const { app, environment, route } = record;
  const { live } = facts;
  const served = { store, hosts: ownHosts(facts, record.hosts) };
  const name = parameters.route(app, environment);
  const { region } = facts.app;
  const wanted = { kind: 'write-parameter', carries: 'route', region, name, served } as const;
  return [
    ...writeValue({ ...wanted, value: route }, live, 'route'),
    ...writeActiveBuild(facts, record, served),
  ];
}

/** Our own parameter, and the one that other tools of an earlier set-up read. */
function writeActiveBuild(
  { app: { region }, environment, live }: EnvironmentFacts,
  record: EnvironmentRecord,
  served: ServedFrom,
): readonly Change[] {
  const name = parameters.activeBuild(record.app, record.environment);
  const value = activeBuild(record);
  const own = {
    kind: 'write-parameter',
    carries: 'active-build',
    region,
    name,
    value,
    served,
  } as const;
  const adopted = environment.adopted?.activeBuildParameter;
  return [
    ...writeValue(own, live, 'activeBuild'),
    // Of another type: SSM would refuse it, and with it all that is to be written after it.
    ...(adopted === undefined || live.parameters.adopted?.type !== undefined
      ? []
      : writeValue({ ...own, name: adopted }, live, 'adopted')),
  ];
}

function writeValue(
  wanted: Omit<WriteParameter, 'version'>,
  { parameters: found, isUnread }: Live,
  which: keyof Live['parameters'],
): readonly Change[] {
  if (isUnread) return [{ ...wanted, version: undefined }];
  const live = found[which];
  return live?.value === wanted.value ? [] : [{ ...wanted, version: live?.version ?? 0 }];
}

/** The stable build, or the canary from 100 % on. */
function activeBuild(state: State): string {
  const everyone = state.rollout?.weightBasisPoints === EVERYONE;
  return everyone ? state.rollout.canary.build : state.stable.build;
}

function placeOf(facts: EnvironmentFacts): Place {
  return { bucket: facts.app.bucket, region: facts.app.region };
}
