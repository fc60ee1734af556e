import { mapAtOnce } from '../core/at-once.ts';
import { storeOf } from '../core/policy/policy.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { isCalm } from '../core/state/calm.ts';
import { derivedKeysKey } from '../core/state/keys.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context, Place } from '../ports/context.ts';
import type { Distribution } from '../ports/distributions.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { hostsToRead, type Reading } from './environment.ts';
import { nameParameters } from './recorded.ts';
import {
  answerAlarms,
  answerDistributions,
  answerParameters,
  answerRecords,
  answerRoutes,
  nameHistory,
  nameRecord,
  settle,
  type Answer,
  type Stored,
} from './answers.ts';
import { shareBuilds } from './share-builds.ts';

/** Records under way at once. */
const AT_ONCE = 8;

/**
 * Reads for many environments together what AWS answers for many at once, and gives a context that
 * answers from that: three requests per environment and less, where each alone takes about twelve.
 *
 * In the order that the reading of one environment has: records first, because they tell which hosts and
 * which store there are; then each store's revision, and then its keys, so a write that is fenced by that
 * revision still can't miss a change. What fails here is asked for again by the environment that needs it,
 * so that one environment's failure stays its own. Good for one set of plans; writes ask anew.
 */
export async function readAhead(
  context: Context,
  subjects: readonly EnvironmentSubject[],
  { believes = false }: Pick<Reading, 'believes'> = {},
): Promise<Context> {
  if (subjects.length < 2) return context;
  const recordsAt = oncePerPlace(context);
  const [records, distributions] = await Promise.all([
    readRecords({ context, recordsAt }, subjects),
    readDistributions(context, subjects),
  ]);
  const located = subjects.flatMap((subject) => locate(subject, { records, distributions }) ?? []);
  const [history, routes, parameters, alarms] = await Promise.all([
    readHistory(recordsAt, located),
    readRoutes(context, believes ? located.filter(({ isQuiet }) => !isQuiet) : located),
    readParameters(context, subjects),
    readAlarms(context, subjects),
  ]);
  return {
    ...context,
    records: (place) => answerRecords(recordsAt(place), { place, records, history }),
    distributions: answerDistributions(context.distributions, distributions),
    routes: answerRoutes(context.routes, routes),
    parameters: (region) => answerParameters(context.parameters(region), parameters.get(region)),
    alarms: answerAlarms(context.alarms, alarms),
    builds: shareBuilds(context),
  };
}

type RecordsAt = (place: Place) => RecordStore;

/** One for each bucket: questions to the same one can be answered together. */
function oncePerPlace(context: Context): RecordsAt {
  const stores = new Map<string, RecordStore>();
  return (place) => {
    const name = `${place.region ?? ''} ${place.bucket}`;
    const store = stores.get(name) ?? context.records(place);
    stores.set(name, store);
    return store;
  };
}

/** A failure is kept, too: whose record can't be read must not be planned without one. */
async function readRecords(
  { context, recordsAt }: { context: Context; recordsAt: RecordsAt },
  subjects: readonly EnvironmentSubject[],
): Promise<ReadonlyMap<string, Answer<Stored>>> {
  let count = 0;
  const read = await mapAtOnce(subjects, AT_ONCE, async ({ app, environment }) => {
    count += 1;
    context.terminal.progress(`reading records: ${count} of ${subjects.length}`);
    const answer = await settle(() => recordsAt(app).read(app.app, environment.name));
    return [nameRecord(app, app.app, environment.name), answer] as const;
  });
  return new Map(read);
}

async function readDistributions(
  { distributions }: Context,
  subjects: readonly EnvironmentSubject[],
): Promise<ReadonlyMap<string, Distribution | undefined>> {
  // Whole origins are about caching, which no listing tells.
  const asked = subjects.filter(({ app }) => app.origins === undefined);
  const ids = [...new Set(asked.map(({ environment }) => environment.edge.distribution))];
  const read = await Promise.all(
    ids.map(async (id) => [id, await settle(() => distributions.read(id))] as const),
  );
  return new Map(
    read.flatMap(([id, answer]) => ('value' in answer ? [[id, answer.value] as const] : [])),
  );
}

/** An environment with what its record and its distribution say about where it is. */
interface Located extends EnvironmentSubject {
  readonly generation: number | undefined;
  readonly store: string | undefined;
  readonly keys: readonly string[];
  /** Nothing goes on, by its record. */
  readonly isQuiet: boolean;
}

/** undefined: its record is damaged, and reading the environment alone says how. */
function locate(
  subject: EnvironmentSubject,
  known: {
    readonly records: ReadonlyMap<string, Answer<Stored>>;
    readonly distributions: ReadonlyMap<string, Distribution | undefined>;
  },
): Located | undefined {
  const { app, environment, group } = subject;
  const answer = known.records.get(nameRecord(app, app.app, environment.name));
  const record = answer && 'value' in answer ? answer.value?.record : undefined;
  if (record !== undefined && !isSound(record)) return undefined;
  const distribution = known.distributions.get(environment.edge.distribution);
  const hosts = hostsToRead(environment, distribution, record);
  const store = record === undefined ? storeOf(group) : record.store;
  const keys = [...hosts, derivedKeysKey(app.app, environment.name)];
  return { ...subject, generation: record?.generation, store, keys, isQuiet: isCalm(record) };
}

/** What is looked at here; whoever edited a record by hand has broken that environment alone. */
function isSound({ hosts, intent }: EnvironmentRecord): boolean {
  return [hosts, intent?.hosts ?? []].every((list) => Array.isArray(list));
}

async function readHistory(
  recordsAt: RecordsAt,
  located: readonly Located[],
): Promise<ReadonlyMap<string, boolean>> {
  const asked = located.flatMap(({ app, environment, generation }) =>
    generation === undefined ? [] : [{ app, environment: environment.name, generation }],
  );
  const read = await Promise.all(
    asked.map(async ({ app, environment, generation }) => {
      const answer = await settle(() =>
        recordsAt(app).hasHistory(app.app, environment, generation),
      );
      const name = nameHistory(nameRecord(app, app.app, environment), generation);
      return 'value' in answer ? [[name, answer.value] as const] : [];
    }),
  );
  return new Map(read.flat());
}

async function readRoutes(context: Context, located: readonly Located[]) {
  const names = [...new Set(located.flatMap(({ store }) => store ?? []))];
  const read = await Promise.all(
    names.map(async (store) => {
      const own = located.filter((one) => one.store === store);
      const keys = [...new Set(own.flatMap((one) => one.keys))];
      const answer = await settle(() => context.routes.read(store, keys));
      if (!('value' in answer)) return [];
      return [[store, { ...answer.value, keys: new Set(keys) }] as const];
    }),
  );
  return new Map(read.flat());
}

async function readParameters(context: Context, subjects: readonly EnvironmentSubject[]) {
  const regions = [...new Set(subjects.map(({ app }) => app.region))];
  const read = await Promise.all(
    regions.map(async (region) => {
      const own = subjects.filter(({ app }) => app.region === region).map(nameParameters);
      const names = [
        ...new Set(own.flatMap((one) => Object.values(one).flatMap((name) => name ?? []))),
      ];
      const answer = await settle(() => context.parameters(region).read(names));
      return 'value' in answer
        ? [[region, { values: answer.value, names: new Set(names) }] as const]
        : [];
    }),
  );
  return new Map(read.flat());
}

async function readAlarms(context: Context, subjects: readonly EnvironmentSubject[]) {
  const all = subjects.flatMap(({ environment }) => environment.guard.alarms);
  const names = new Map(all.map((alarm) => [`${alarm.region} ${alarm.name}`, alarm]));
  return names.size === 0 ? [] : context.alarms.read([...names.values()]);
}
