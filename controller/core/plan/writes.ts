import { parameters } from '../state/keys.ts';
import type { LiveParameter } from '../state/live.ts';
import type { EnvironmentRecord, State } from '../state/record.ts';
import { EVERYONE } from '../state/route.ts';
import type { Change, Place, WriteParameter } from './change.ts';
import { foreignOwner, type EnvironmentFacts } from './facts.ts';

/**
 * Forward: what we are about to do is written down first, the edge second, so that a run that
 * crashes in between is finished or voided by the next, and never mistaken for drift.
 */
export function writeForward(facts: EnvironmentFacts, next: EnvironmentRecord): readonly Change[] {
  const place = placeOf(facts);
  const { app, environment } = next;
  return [
    ...completeHistory(facts),
    {
      kind: 'write-intent',
      place,
      record: { ...(facts.adoption.record ?? unreleased(next)), intent: next },
      revision: facts.recordRevision,
    },
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
    { kind: 'write-record', place, record: next, revision: facts.recordRevision },
    { kind: 'append-history', place, app, environment, entry: next.last },
    // Of the generation that is rolled back, when the run that wrote it did not get that far.
    ...completeHistory(facts),
  ];
}

/** What differs from the record goes back to what the record says; the same bytes, no new generation. */
export function writeRepairs(facts: EnvironmentFacts): readonly Change[] {
  const { record, reason } = facts.adoption;
  if (record === undefined) return [];
  const changes = [...writeEdge(facts, record)];
  if (reason !== undefined) {
    const place = placeOf(facts);
    changes.push({ kind: 'write-record', place, record, revision: facts.recordRevision });
  }
  return [...changes, ...completeHistory(facts)];
}

/** A record for an environment that has none yet, so that the first intent has a place. */
function unreleased(next: EnvironmentRecord): EnvironmentRecord {
  return { ...next, generation: 0, route: '', hosts: [] };
}

function completeHistory(facts: EnvironmentFacts): readonly Change[] {
  const { record } = facts.adoption;
  if (record === undefined || facts.hasHistory) return [];
  const { app, environment, last } = record;
  return [{ kind: 'append-history', place: placeOf(facts), app, environment, entry: last }];
}

/** Only what is not there yet. */
function writeEdge(facts: EnvironmentFacts, record: EnvironmentRecord): readonly Change[] {
  return [...writeRoute(facts, record), ...writeParameters(facts, record)];
}

function writeRoute(facts: EnvironmentFacts, record: EnvironmentRecord): readonly Change[] {
  const { app, environment, route } = record;
  const { live, store } = facts;
  const hosts = ownHosts(facts, record.hosts);
  const remove = leftHosts(facts, record);
  if (remove.length === 0 && hosts.every((host) => live.values.get(host) === route)) return [];
  const replaces = Object.fromEntries(live.values);
  return [{ kind: 'write-route', store, app, environment, route, hosts, remove, replaces }];
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

function writeParameters(facts: EnvironmentFacts, record: EnvironmentRecord): readonly Change[] {
  const { app, environment } = record;
  const { live, store } = facts;
  const { region } = facts.app;
  const hosts = ownHosts(facts, record.hosts);
  const shared = { kind: 'write-parameter', region, store, hosts } as const;
  const route = { carries: 'route', name: parameters.route(app, environment) } as const;
  const build = {
    carries: 'active-build',
    name: parameters.activeBuild(app, environment),
  } as const;
  return [
    ...writeValue({ ...shared, ...route, value: record.route }, live.parameters.route),
    ...writeValue({ ...shared, ...build, value: activeBuild(record) }, live.parameters.activeBuild),
  ];
}

function writeValue(
  wanted: Omit<WriteParameter, 'version'>,
  live: LiveParameter | undefined,
): readonly Change[] {
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
