import type { AlarmState, Alarms } from '../ports/alarms.ts';
import type { Place } from '../ports/context.ts';
import type { Distribution, Distributions } from '../ports/distributions.ts';
import type { Parameter, ParameterStore } from '../ports/parameter-store.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { RouteStore } from '../ports/route-store.ts';

// Ports that know some answers already, and ask for the others.

/** What a question came to. */
export type Answer<Value> = { readonly value: Value } | { readonly error: unknown };

export type Stored = Awaited<ReturnType<RecordStore['read']>>;

export async function settle<Value>(ask: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    // Not swallowed: whoever asks this gets it, or asks again.
    return { error };
  }
}

export function nameRecord({ bucket, region }: Place, app: string, environment: string): string {
  return `${region ?? ''} ${bucket} ${app} ${environment}`;
}

export function nameHistory(record: string, generation: number): string {
  return `${record} ${generation}`;
}

export function answerRecords(
  store: RecordStore,
  known: {
    readonly place: Place;
    readonly records: ReadonlyMap<string, Answer<Stored>>;
    readonly history: ReadonlyMap<string, boolean>;
  },
): RecordStore {
  return {
    async read(app, environment) {
      const answer = known.records.get(nameRecord(known.place, app, environment));
      if (answer === undefined) return store.read(app, environment);
      if ('error' in answer) throw answer.error;
      return answer.value;
    },
    async hasHistory(app, environment, generation) {
      const name = nameHistory(nameRecord(known.place, app, environment), generation);
      return known.history.get(name) ?? store.hasHistory(app, environment, generation);
    },
    write: (record, revision) => store.write(record, revision),
    appendHistory: (app, environment, entry) => store.appendHistory(app, environment, entry),
    readHistory: (app, environment, limit) => store.readHistory(app, environment, limit),
  };
}

export function answerDistributions(
  port: Distributions,
  known: ReadonlyMap<string, Distribution | undefined>,
): Distributions {
  return {
    async read(id, options) {
      const isKnown = options?.caching !== true && known.has(id);
      return isKnown ? known.get(id) : port.read(id, options);
    },
    associate: (id, revision, associations) => port.associate(id, revision, associations),
    leave: (id, revision, departure) => port.leave(id, revision, departure),
    forget: (id, paths) => port.forget(id, paths),
  };
}

type Routes = Awaited<ReturnType<RouteStore['read']>> & {
  /** What was asked for, there or not. */
  readonly keys: ReadonlySet<string>;
};

export function answerRoutes(port: RouteStore, known: ReadonlyMap<string, Routes>): RouteStore {
  return {
    async read(store, keys) {
      const routes = known.get(store);
      if (routes === undefined || !keys.every((key) => routes.keys.has(key))) {
        return port.read(store, keys);
      }
      const { revision, arn } = routes;
      return { revision, arn, values: pick(routes.values, keys) };
    },
    remember: (store, arn) => port.remember(store, arn),
    write: (store, revision, change) => port.write(store, revision, change),
  };
}

interface KnownParameters {
  readonly values: ReadonlyMap<string, Parameter>;
  readonly names: ReadonlySet<string>;
}

export function answerParameters(
  port: ParameterStore,
  known: KnownParameters | undefined,
): ParameterStore {
  return {
    async read(names) {
      const isKnown = known !== undefined && names.every((name) => known.names.has(name));
      return isKnown ? pick(known.values, names) : port.read(names);
    },
    write: (name, value) => port.write(name, value),
  };
}

/** An alarm that could not be read with all the others is read again: it may have been one of them. */
export function answerAlarms(port: Alarms, known: readonly AlarmState[]): Alarms {
  const states = new Map(known.map((alarm) => [`${alarm.region} ${alarm.name}`, alarm]));
  return {
    async read(alarms, options) {
      const found = alarms.flatMap(({ region, name }) => states.get(`${region} ${name}`) ?? []);
      const isKnown = found.length === alarms.length && found.every(isReadable);
      return isKnown ? found : port.read(alarms, options);
    },
    entered: (alarms, since) => port.entered(alarms, since),
  };
}

function isReadable({ state }: AlarmState): boolean {
  return state !== 'unreadable';
}

function pick<Value>(
  values: ReadonlyMap<string, Value>,
  names: readonly string[],
): ReadonlyMap<string, Value> {
  return new Map(
    names.flatMap((name) => {
      const value = values.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
