import { GetObjectCommand, ListObjectsV2Command, NoSuchKey } from '@aws-sdk/client-s3';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import * as dataPlane from '@aws-sdk/client-cloudfront-keyvaluestore';
import { DescribeKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { keys, parameters } from '../../controller/core/state/keys.ts';
import type { EnvironmentRecord } from '../../controller/core/state/record.ts';
import { BUCKET, HOSTS, STORE } from './policy.ts';
import type { Setting } from './setting.ts';

/** Everything that says what `shop/prod` serves. */
export interface Live {
  /** Text by key, of the whole KeyValueStore. */
  readonly store: Readonly<Record<string, string>>;
  readonly routeParameter: string | undefined;
  readonly activeBuild: string | undefined;
  readonly record: EnvironmentRecord | undefined;
  /** Generations, ascending. */
  readonly history: readonly number[];
  /** The build that each of the first slots gets for a navigation. */
  readonly pages: readonly string[];
}

/** Until a change of a distribution is deployed, before the speed of the setting's cloud: 3 s, and a bit. */
const DEPLOYMENT_MILLISECONDS = 4000;

export async function readLive(setting: Setting): Promise<Live> {
  const [store, values, record, history, pages] = await Promise.all([
    readStore(setting),
    readParameters(setting),
    readRecord(setting),
    readHistory(setting),
    sleep(DEPLOYMENT_MILLISECONDS / setting.speed).then(() => visit(setting)),
  ]);
  const routeParameter = values.get(parameters.route('shop', 'prod'));
  const activeBuild = values.get(parameters.activeBuild('shop', 'prod'));
  return { store, routeParameter, activeBuild, record, history, pages };
}

/** The KeyValueStore's ARN, for the data plane. */
export async function findStore({ clients }: Setting): Promise<string> {
  const described = new DescribeKeyValueStoreCommand({ Name: STORE });
  return String((await clients.cloudFront.send(described)).KeyValueStore?.ARN);
}

async function readStore(setting: Setting): Promise<Readonly<Record<string, string>>> {
  const KvsARN = await findStore(setting);
  const listed = await setting.clients.keyValueStore.send(
    new dataPlane.ListKeysCommand({ KvsARN }),
  );
  return Object.fromEntries((listed.Items ?? []).map(({ Key, Value }) => [Key, Value]));
}

async function readParameters({ clients }: Setting): Promise<ReadonlyMap<string, string>> {
  const Names = [parameters.route('shop', 'prod'), parameters.activeBuild('shop', 'prod')];
  const { Parameters = [] } = await clients.ssm.send(new GetParametersCommand({ Names }));
  return new Map(Parameters.map(({ Name, Value }) => [String(Name), String(Value)]));
}

async function readRecord({ clients }: Setting): Promise<EnvironmentRecord | undefined> {
  const place = { Bucket: BUCKET, Key: keys.record('shop', 'prod') };
  try {
    const { Body } = await clients.s3.send(new GetObjectCommand(place));
    return JSON.parse(String(await Body?.transformToString())) as EnvironmentRecord;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

async function readHistory({ clients }: Setting): Promise<readonly number[]> {
  const Prefix = keys.historyPrefix('shop', 'prod');
  const listed = await clients.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
  return (listed.Contents ?? []).map(({ Key }) => Number(/(\d+)\.json$/.exec(String(Key))?.[1]));
}

const SLOTS = 8;

/** Opens the front page once for every one of the first slots; says whose page it really is. */
export function visit({ cloud }: Setting, slots = SLOTS): Promise<readonly string[]> {
  const visitors = Array.from({ length: slots }, async (_, slot) => {
    const { status, body } = await navigate(cloud.edgeUrl, `hg_slot=${slot}`);
    return /app-(\d+)\.js/.exec(body)?.[1] ?? `HTTP ${status}`;
  });
  return Promise.all(visitors);
}

// Not fetch(): it refuses to send another Host than the address's own.
function navigate(url: string, cookie: string): Promise<{ status: number; body: string }> {
  const headers = { host: HOSTS.prod, cookie, 'sec-fetch-mode': 'navigate', accept: 'text/html' };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(url), { headers }, (response) => {
      const status = response.statusCode ?? 0;
      text(response).then((body) => resolve({ status, body }), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
