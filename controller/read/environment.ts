import type { Distribution } from '../core/plan/behaviours.ts';
import { movesPool } from '../core/plan/explain-pool.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { usesOrigins } from '../core/plan/origins.ts';
import { needsKeys } from '../core/policy/needs-keys.ts';
import { storeOf, type EnvironmentPolicy } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { adoptLive, type Adoption, type AdoptionFacts } from '../core/state/adopt.ts';
import { expectLive, isCalm } from '../core/state/calm.ts';
import { derivedKeysKey, keys } from '../core/state/keys.ts';
import { newestRoute, type Live, type LiveRoute } from '../core/state/live.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import { recall, withoutHistory } from '../core/state/recall.ts';
import { remember } from '../core/state/remember.ts';
import type { Context } from '../ports/context.ts';
import { settle } from './answers.ts';
import { highestGeneration, readParameters, recordedHosts } from './recorded.ts';
import { readBuilds } from './builds.ts';
import { readProvenance } from './provenance.ts';
import { readRequired } from './required.ts';
import { askSmoke } from './smoke.ts';
import { readGuard } from './visitors.ts';
import type { RunFacts } from '../ports/surroundings.ts';

/** As far back as `notify` looks: what was barred before stays without its reason. */
const HISTORY_LIMIT = 100;

/** For whom something is read, and how. */
export interface Reading extends RunFacts {
  /** What the records say is live is good enough where nothing goes on. */
  readonly believes?: boolean;
}

/** Reads all that one environment's plan is made from, and brings the record up to what is live. */
export async function readEnvironment(
  context: Context,
  subject: EnvironmentSubject,
  { believes = false, ...run }: Reading,
): Promise<EnvironmentFacts> {
  const { app, environment } = subject;
  const now = context.clock.now();
  const [stored, distribution] = await Promise.all([
    context.records(app).read(app.app, environment.name),
    readDistribution(context, subject),
  ]);
  const hosts = hostsToRead(environment, distribution, stored?.record);
  const store = stored === undefined ? storeOf(subject.group) : stored.record.store;
  const believed = believes ? stored?.record : undefined;
  const { live, ...known } = await readLive(context, subject, { store, hosts, believed });
  const liveRoute = newestRoute(live, app.app, environment.name);
  const remembered = remember(subject, known.storeArn);
  const facts = { now, by: run.by, hosts, store, remembered };
  const adoption = await adopt(context, subject, { record: stored?.record, liveRoute, facts });
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

interface Adopting {
  readonly record: EnvironmentRecord | undefined;
  readonly liveRoute: LiveRoute | undefined;
  readonly facts: Omit<AdoptionFacts, 'steps' | 'notify'>;
}

/** Where there is no record, or no longer one, the history still knows what the route doesn't. */
async function adopt(
  context: Context,
  { app, environment }: EnvironmentSubject,
  { record: stored, liveRoute, facts }: Adopting,
): Promise<Adoption> {
  const { notify, release } = environment;
  const adoption = adoptLive(stored, liveRoute, { ...facts, steps: release.steps, notify });
  const { record } = adoption;
  if (stored !== undefined || record === undefined) return adoption;
  const records = context.records(app);
  const read = await settle(() => records.readHistory(app.app, environment.name, HISTORY_LIMIT));
  if ('value' in read) return { ...adoption, record: recall(record, read.value) };
  const why = read.error instanceof Error ? read.error.message : String(read.error);
  return { ...adoption, record: withoutHistory(record, why) };
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

interface Places {
  readonly store: string | undefined;
  readonly hosts: readonly string[];
  /** The record, where its word may do. */
  readonly believed: EnvironmentRecord | undefined;
}

async function readLive(
  context: Context,
  subject: EnvironmentSubject,
  { store, hosts, believed }: Places,
): Promise<{ live: Live; hasKeys: boolean; storeArn?: string }> {
  if (store === undefined) return readReleased(context, subject);
  const expected = believed && (await readExpected(context, subject, believed));
  // Without keys nothing that needs them was ever released; what is new is planned again by the store.
  if (expected !== undefined) return { live: expected, hasKeys: true };
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

/** undefined: the store must be looked at. */
async function readExpected(
  context: Context,
  subject: EnvironmentSubject,
  record: EnvironmentRecord,
): Promise<Live | undefined> {
  if (!isCalm(record)) return undefined;
  const found = await readParameters(context, subject);
  const values = expectLive(record, found);
  return values && { values, parameters: found, isBelieved: true };
}

/** Where Lambda@Edge runs: it reads routes and derives keys from SSM, and there is nothing else. */
async function readReleased(
  context: Context,
  subject: EnvironmentSubject,
): Promise<{ live: Live; hasKeys: boolean }> {
  const live = {
    values: new Map<string, string>(),
    parameters: await readParameters(context, subject),
  };
  return { live, hasKeys: await findKeys(context, subject, live) };
}

/**
 * Where the live route needs them they were there: nothing was ever released without. SSM describes few parameters a
 * second for all who ask in the account (observed elsewhere), and no rollback may wait for that.
 */
async function findKeys(
  context: Context,
  { app, environment }: EnvironmentSubject,
  live: Live,
): Promise<boolean> {
  const route = newestRoute(live, app.app, environment.name)?.route;
  const hadThem = route?.preview === 'signed' || route?.gate !== undefined;
  if (hadThem || !needsKeys(environment)) return true;
  const kids = await context.keys(app.region).list(app.app, environment.name);
  return kids.length > 0;
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
