import type { Distribution } from '../core/plan/behaviours.ts';
import { movesPool } from '../core/plan/explain-pool.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { usesOrigins } from '../core/plan/origins.ts';
import { storeOf, type EnvironmentPolicy } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { adoptLive } from '../core/state/adopt.ts';
import { derivedKeysKey, keys } from '../core/state/keys.ts';
import { newestRoute, type Live } from '../core/state/live.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import { remember } from '../core/state/remember.ts';
import type { Context } from '../ports/context.ts';
import { highestGeneration, readParameters, recordedHosts } from './recorded.ts';
import { readBuilds } from './builds.ts';
import { readProvenance } from './provenance.ts';
import { readRequired } from './required.ts';
import { askSmoke } from './smoke.ts';
import { readGuard } from './visitors.ts';
import type { RunFacts } from '../ports/surroundings.ts';

/** Reads all that one environment's plan is made from, and brings the record up to what is live. */
export async function readEnvironment(
  context: Context,
  subject: EnvironmentSubject,
  run: RunFacts,
): Promise<EnvironmentFacts> {
  const { app, environment } = subject;
  const now = context.clock.now();
  const [stored, distribution] = await Promise.all([
    context.records(app).read(app.app, environment.name),
    readDistribution(context, subject),
  ]);
  const hosts = hostsToRead(environment, distribution, stored?.record);
  const store = stored === undefined ? storeOf(subject.group) : stored.record.store;
  const { live, ...known } = await readLive(context, subject, { store, hosts });
  const liveRoute = newestRoute(live, app.app, environment.name);
  const { notify } = environment;
  const { steps } = environment.release;
  const remembered = remember(subject, known.storeArn);
  const facts = { now, by: run.by, steps, hosts, store, notify, remembered };
  const adoption = adoptLive(stored?.record, liveRoute, facts);
  const [evidence, seen] = await Promise.all([
    readEvidence(context, subject, adoption.record),
    readAgain(context, subject, { distribution, record: adoption.record }),
  ]);
  return askSmoke(context, {
    ...subject,
    ...evidence,
    ...run,
    now,
    recordRevision: stored?.revision,
    recordedGeneration: highestGeneration(stored?.record),
    store,
    adoption,
    pause: stored?.record.pause,
    liveRoute,
    live,
    ...known,
    distribution: seen,
  });
}

function readDistribution(
  context: Context,
  { app, environment }: EnvironmentSubject,
): Promise<Distribution | undefined> {
  const { distribution } = environment.edge;
  return context.distributions.read(distribution, { caching: app.origins !== undefined });
}

/** Of origins that the policy has forgotten only the live route tells, which is found by the distribution. */
async function readAgain(
  context: Context,
  { app, environment }: EnvironmentSubject,
  {
    distribution,
    record,
  }: { distribution: Distribution | undefined; record: EnvironmentRecord | undefined },
): Promise<Distribution | undefined> {
  if (app.origins !== undefined || !usesOrigins(app, record)) return distribution;
  return context.distributions.read(environment.edge.distribution, { caching: true });
}

/** Of the waiting page that the gate names. */
async function readPageSize(
  context: Context,
  { app, environment: { gate } }: EnvironmentSubject,
): Promise<number | undefined> {
  if (gate === undefined) return undefined;
  return context.pages(app).size(`${keys.pages(app.app)}${gate.page.slice(1)}`);
}

type Evidence = Pick<
  EnvironmentFacts,
  'builds' | 'unread' | 'observations' | 'hasHistory' | 'pageBytes' | 'required' | 'provenance'
>;

/** What depends on the policy, and on the record as adopted: the builds it names, its alarms, its history. */
async function readEvidence(
  context: Context,
  subject: EnvironmentSubject,
  record: EnvironmentRecord | undefined,
): Promise<Evidence> {
  const { app, environment } = subject;
  const [{ builds, unread }, observations, hasHistory, pageBytes, required] = await Promise.all([
    readBuilds(context, app, numbersToRead(subject, record)),
    readGuard(context, subject, record),
    record === undefined
      ? true
      : context.records(app).hasHistory(app.app, environment.name, record.generation),
    readPageSize(context, subject),
    readRequired(context, subject, record),
  ]);
  const provenance = await readProvenance(context, subject, { record, builds });
  return { builds, unread, observations, hasHistory, pageBytes, required, provenance };
}

/** Also hosts that the policy no longer names, and those of a run that crashed: their keys must go. */
export function hostsToRead(
  environment: EnvironmentPolicy,
  distribution: Distribution | undefined,
  record: EnvironmentRecord | undefined,
): readonly string[] {
  const own = distribution === undefined ? [] : [distribution.domain];
  return [...new Set([...environment.hosts, ...own, ...recordedHosts(record)])];
}

async function readLive(
  context: Context,
  subject: EnvironmentSubject,
  { store, hosts }: { store: string | undefined; hosts: readonly string[] },
): Promise<{ live: Live; hasKeys: boolean; storeArn?: string }> {
  if (store === undefined) return readReleased(context, subject);
  const key = derivedKeysKey(subject.app.app, subject.environment.name);
  const [stored, found] = await Promise.all([
    context.routes.read(store, [...hosts, key]),
    readParameters(context, subject),
  ]);
  // That there are keys is all that may leave here: the rest goes into plans, and plans are printed.
  const values = new Map(stored.values);
  const hasKeys = values.delete(key);
  return { live: { values, parameters: found }, hasKeys, storeArn: stored.arn };
}

/** Where Lambda@Edge runs: it reads routes and derives keys from SSM, and there is nothing else. */
async function readReleased(
  context: Context,
  subject: EnvironmentSubject,
): Promise<{ live: Live; hasKeys: boolean }> {
  const { app, environment } = subject;
  const usesKeys = environment.preview.access === 'signed' || environment.gate !== undefined;
  const [found, kids] = await Promise.all([
    readParameters(context, subject),
    usesKeys ? context.keys(app.region).list(app.app, environment.name) : [],
  ]);
  return { live: { values: new Map(), parameters: found }, hasKeys: !usesKeys || kids.length > 0 };
}

function numbersToRead(
  { app, environment }: EnvironmentSubject,
  record: EnvironmentRecord | undefined,
): readonly string[] {
  const { release, cohorts, split } = environment;
  const kept = movesPool(app, record) ? (record?.kept ?? []) : [];
  const served = record === undefined ? [] : [record.stable, record.rollout?.canary, ...kept];
  const published = served.filter((build) => build !== undefined && build.origin === undefined);
  const named = [release, ...cohorts, ...split, ...published].flatMap((one) => one?.build ?? []);
  return [...new Set(named)];
}
