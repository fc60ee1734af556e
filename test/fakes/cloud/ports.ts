import { ConflictError } from '../../../controller/core/errors.ts';
import { keys } from '../../../controller/core/state/keys.ts';
import type { EnvironmentRecord, HistoryEntry } from '../../../controller/core/state/record.ts';
import { toAlarmSeen, toAlarmState } from '../../../controller/adapters/aws/cloudwatch/alarm.ts';
import { ServiceError } from '../../../controller/local/service.ts';
import type { Alarms } from '../../../controller/ports/alarms.ts';
import type { ParameterStore } from '../../../controller/ports/parameter-store.ts';
import type { RecordStore } from '../../../controller/ports/record-store.ts';
import type { RouteStore } from '../../../controller/ports/route-store.ts';
import { BUCKET, type Cloud } from './cloud.ts';

/** One request, when the test lets it through. */
export type Send = <T>(
  name: string,
  kind: 'read' | 'write' | 'sleep',
  effect: () => Promise<T>,
) => Promise<T>;

/** As the adapters ask AWS, request by request. */
export function createStores(cloud: Cloud, send: Send) {
  return {
    records: createRecords(cloud, send),
    routes: createRoutes(cloud, send),
    parameters: createParameters(cloud, send),
    alarms: createAlarms(cloud, send),
  };
}

function createRecords(cloud: Cloud, send: Send): RecordStore {
  const read = (key: string) => getObject(cloud, key);
  return {
    async read(app, environment) {
      const object = await send(`read record ${app}/${environment}`, 'read', () =>
        read(keys.record(app, environment)),
      );
      if (object === undefined) return undefined;
      return { record: JSON.parse(object.text) as EnvironmentRecord, revision: object.etag };
    },
    async write(record, revision) {
      const key = keys.record(record.app, record.environment);
      const condition = revision === undefined ? undefined : revision;
      const etag = await send(`write record ${record.app}/${record.environment}`, 'write', () =>
        putObject(cloud, { key, value: record, condition }),
      );
      if (etag === undefined) throw new ConflictError('The record moved.');
      return etag;
    },
    hasHistory: (app, environment, generation) =>
      send('look for history', 'read', async () => {
        return (await read(keys.history(app, environment, generation))) !== undefined;
      }),
    async appendHistory(app, environment, entry) {
      const isPause = entry.event === 'paused' || entry.event === 'resumed';
      const key = isPause
        ? keys.pauseHistory(app, environment, entry)
        : keys.history(app, environment, entry.generation);
      await send(`write history ${app}/${environment}`, 'write', () =>
        putObject(cloud, { key, value: entry, condition: undefined }),
      );
    },
    readHistory: (app, environment) =>
      send('read history', 'read', () => readHistory(cloud, keys.historyPrefix(app, environment))),
  };
}

/** Of generations, not of pauses. */
export async function readHistory(cloud: Cloud, prefix: string): Promise<readonly HistoryEntry[]> {
  const listed = await cloud.send('s3', {
    method: 'GET',
    path: `/${BUCKET}`,
    query: `list-type=2&prefix=${prefix}`,
  });
  const found = [...listed.text.matchAll(/<Key>([^<]+)<\/Key>/g)].flatMap(([, key = '']) =>
    /\/\d+\.json$/.test(key) ? [key] : [],
  );
  const objects = await Promise.all(found.map((key) => getObject(cloud, key)));
  return objects.flatMap((object) => (object ? [JSON.parse(object.text) as HistoryEntry] : []));
}

export async function getObject(
  cloud: Cloud,
  key: string,
): Promise<{ text: string; etag: string } | undefined> {
  try {
    const { text, headers } = await cloud.send('s3', { method: 'GET', path: `/${BUCKET}/${key}` });
    return { text, etag: String(headers['etag']) };
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return undefined;
    throw error;
  }
}

/** undefined: the condition doesn't hold. Without an ETag it must not be there yet. */
export async function putObject(
  cloud: Cloud,
  { key, value, condition }: { key: string; value: unknown; condition: string | undefined },
): Promise<string | undefined> {
  const headers = condition === undefined ? { 'if-none-match': '*' } : { 'if-match': condition };
  const path = `/${BUCKET}/${key}`;
  try {
    const { headers: answered } = await cloud.send('s3', {
      method: 'PUT',
      path,
      headers,
      body: value,
    });
    return String(answered['etag']);
  } catch (error) {
    if (error instanceof ServiceError && [404, 412].includes(error.status)) return undefined;
    throw error;
  }
}

function createRoutes(cloud: Cloud, send: Send): RouteStore {
  const arn = cloud.storeArn;
  const path = `/key-value-stores/${encodeURIComponent(arn)}`;
  const describe = async () => {
    return String((await cloud.send('store', { method: 'GET', path })).headers['etag']);
  };
  return {
    remember: () => {},
    async read(_store, wanted) {
      const revision = await send('describe store', 'read', describe);
      const found = await Promise.all(
        wanted.map((key) =>
          send('read key', 'read', async () => [key, cloud.readKey(key)] as const),
        ),
      );
      const values = found.filter((entry): entry is [string, string] => entry[1] !== undefined);
      return { revision, values: new Map(values), arn };
    },
    write: (_store, revision, { put, remove }) =>
      send('write routes', 'write', async () => {
        const body = {
          Puts: [...put].map(([Key, Value]) => ({ Key, Value })),
          Deletes: remove.map((Key) => ({ Key })),
        };
        const headers = { 'if-match': revision };
        try {
          await cloud.send('store', { path: `${path}/keys`, headers, body });
          return 'written';
        } catch (error) {
          if (error instanceof ServiceError && error.status === 409) return 'conflict';
          throw error;
        }
      }),
  };
}

interface Found {
  readonly Parameters: readonly {
    readonly Name: string;
    readonly Value: string;
    readonly Version: number;
  }[];
}

function createParameters(cloud: Cloud, send: Send): ParameterStore {
  return {
    read: (names) =>
      send(`read ${names.join(' ')}`, 'read', async () => {
        const { Parameters } = await cloud.call<Found>('ssm', 'GetParameters', { Names: names });
        return new Map(
          Parameters.map(({ Name, Value, Version }) => [Name, { value: Value, version: Version }]),
        );
      }),
    write: (name, value) =>
      send(`write ${name}`, 'write', async () => {
        const input = { Name: name, Value: value, Type: 'String', Overwrite: true };
        return (await cloud.call<{ Version: number }>('ssm', 'PutParameter', input)).Version;
      }),
  };
}

interface Described {
  readonly MetricAlarms: readonly {
    readonly AlarmName: string;
    readonly StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
    readonly StateReason: string;
    readonly StateTransitionedTimestamp: number;
  }[];
}
interface Items {
  readonly AlarmHistoryItems: readonly { readonly Timestamp: number }[];
}

function createAlarms(cloud: Cloud, send: Send): Alarms {
  const describe = async (names: readonly string[]) =>
    (await cloud.call<Described>('cloudWatch', 'DescribeAlarms', { AlarmNames: names }))
      .MetricAlarms;
  return {
    async read(alarms) {
      const names = alarms.map(({ name }) => name);
      const found = await send(`read alarms ${names.join(' ')}`, 'read', () =>
        describe(names),
      ).catch(() => undefined);
      return alarms.map((alarm) => {
        if (found === undefined) {
          return { ...alarm, state: 'unreadable', since: undefined, reason: 'no answer' };
        }
        const one = found.find(({ AlarmName }) => AlarmName === alarm.name);
        const since = one && new Date(one.StateTransitionedTimestamp * 1000);
        return toAlarmState(alarm, one && { ...one, StateTransitionedTimestamp: since });
      });
    },
    entered: async (alarms, since) => {
      const seen = alarms.map(async (alarm) => {
        const input = { AlarmName: alarm.name, HistoryItemType: 'StateUpdate' };
        const { AlarmHistoryItems: items } = await send('read alarm history', 'read', () =>
          cloud.call<Items>('cloudWatch', 'DescribeAlarmHistory', input),
        );
        return items.flatMap((item) => {
          const entry = toAlarmSeen(alarm, { ...item, Timestamp: new Date(item.Timestamp * 1000) });
          return entry !== undefined && entry.at >= since ? [entry] : [];
        });
      });
      return (await Promise.all(seen)).flat();
    },
  };
}
