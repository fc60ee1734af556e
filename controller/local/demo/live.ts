import { DescribeKeyValueStoreCommand, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import * as dataPlane from '@aws-sdk/client-cloudfront-keyvaluestore';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Route } from '../../../edge/contract/route.ts';
import { keys, parameters } from '../../core/state/keys.ts';
import { type Alarm, watchAlarm } from './alarm.ts';
import type { Clients } from './clients.ts';

/** What is live in the account, as anyone with the SDK sees it. */
export interface Live extends LiveEdge, LiveState {
  readonly alarm: Alarm;
}

interface LiveEdge {
  /** Undefined before the first release. */
  readonly route: () => Promise<Route | undefined>;
  /** The KeyValueStore's: it changes with every write. */
  readonly revision: () => Promise<string>;
  readonly distribution: () => Promise<{ readonly status: string; readonly functions: number }>;
}

interface LiveState {
  readonly activeBuild: () => Promise<string | undefined>;
  /** When the route was last written to SSM, which comes after the KeyValueStore. */
  readonly routeWrittenAt: () => Promise<Date | undefined>;
  readonly isPublished: (build: string) => Promise<boolean>;
  /** Undefined: there is no such object. */
  readonly readObject: (key: string) => Promise<Uint8Array | undefined>;
}

/** One environment of one app, and where its things are. */
export interface Place {
  readonly app: string;
  readonly environment: string;
  readonly bucket: string;
  readonly distribution: string;
  readonly host: string;
  readonly store: string;
  readonly alarm: string;
}

export async function watchLive(clients: Clients, place: Place): Promise<Live> {
  return {
    ...(await watchEdge(clients, place)),
    ...watchState(clients, place),
    alarm: watchAlarm(clients.cloudWatch, place.alarm),
  };
}

async function watchEdge(
  { cloudFront, keyValueStore }: Clients,
  { store, host, distribution }: Place,
): Promise<LiveEdge> {
  const described = await cloudFront.send(new DescribeKeyValueStoreCommand({ Name: store }));
  const KvsARN = described.KeyValueStore?.ARN;
  return {
    route: async () => {
      const read = keyValueStore.send(new dataPlane.GetKeyCommand({ KvsARN, Key: host }));
      const found = await unlessMissing(read, dataPlane.ResourceNotFoundException);
      return found && (JSON.parse(String(found.Value)) as Route);
    },
    revision: async () => {
      const describe = new dataPlane.DescribeKeyValueStoreCommand({ KvsARN });
      return String((await keyValueStore.send(describe)).ETag);
    },
    distribution: async () => {
      const read = new GetDistributionCommand({ Id: distribution });
      const { Distribution } = await cloudFront.send(read);
      const behaviour = Distribution?.DistributionConfig?.DefaultCacheBehavior;
      return {
        status: String(Distribution?.Status),
        functions: behaviour?.FunctionAssociations?.Quantity ?? 0,
      };
    },
  };
}

function watchState({ s3, ssm }: Clients, { app, environment, bucket }: Place): LiveState {
  const readParameter = async (Name: string) =>
    (await ssm.send(new GetParameterCommand({ Name }))).Parameter;
  const readObject = async (Key: string) => {
    const read = s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const found = await unlessMissing(read, NoSuchKey);
    return found?.Body?.transformToByteArray();
  };
  return {
    activeBuild: async () => (await readParameter(parameters.activeBuild(app, environment)))?.Value,
    routeWrittenAt: async () =>
      (await readParameter(parameters.route(app, environment)))?.LastModifiedDate,
    isPublished: async (build) => (await readObject(keys.manifest({ app }, build))) !== undefined,
    readObject,
  };
}

/** Undefined instead of that one error. */
async function unlessMissing<T>(
  answer: Promise<T>,
  missing: abstract new (...args: never) => Error,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof missing) return undefined;
    throw error;
  }
}
