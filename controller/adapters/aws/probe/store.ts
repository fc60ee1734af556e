import {
  type CloudFrontClient,
  CreateKeyValueStoreCommand,
  DeleteKeyValueStoreCommand,
  DescribeKeyValueStoreCommand,
} from '@aws-sdk/client-cloudfront';
import {
  type CloudFrontKeyValueStoreClient,
  DeleteKeyCommand,
  DescribeKeyValueStoreCommand as DescribeDataCommand,
  PutKeyCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured } from '../../../core/doctor/probe/statement.ts';
import { observe, refusalToOwner, tell } from './observe.ts';
import type { Scratch } from './scratch.ts';

export interface Store {
  readonly arn: string;
  /** All of them in one request. */
  put(values: Readonly<Record<string, string>>): Promise<void>;
}

type StoreControl = Pick<StoreClients, 'cloudfront'>;

export interface StoreClients {
  readonly cloudfront: CloudFrontClient;
  readonly keyValueStore: CloudFrontKeyValueStoreClient;
}

const READY_MILLISECONDS = 600_000;
const PAUSE_MILLISECONDS = 500;

/** Rules of KeyValueStores, on one of the probe's own, which functions may read afterwards. */
export async function measureStore(
  clients: StoreClients,
  scratch: Scratch,
): Promise<{ readonly store: Store; readonly measured: readonly Measured[] }> {
  const { keyValueStore } = clients;
  const Name = scratch.name;
  scratch.keep(`KeyValueStore ${Name}`, () => removeStore(clients, Name));
  const made = await clients.cloudfront.send(new CreateKeyValueStoreCommand({ Name }));
  const KvsARN = String(made.KeyValueStore?.ARN);
  const provisioning = await observe('store-provisioning', async () => {
    const refusal = await refusalToOwner(keyValueStore.send(new DescribeDataCommand({ KvsARN })));
    const status = await statusOf(clients, Name);
    // It may have been ready before anybody could ask.
    if (refusal === undefined && status === 'READY') throw new Error('it was ready at once');
    return [refusal?.status === 409, `right after it was made: ${tell(refusal)}`];
  });
  await waitUntilReady(clients, Name);
  const etag = async () => (await keyValueStore.send(new DescribeDataCommand({ KvsARN }))).ETag;
  const store: Store = {
    arn: KvsARN,
    async put(values) {
      const Puts = Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
      await keyValueStore.send(new UpdateKeysCommand({ KvsARN, Puts, IfMatch: await etag() }));
    },
  };
  return { store, measured: [provisioning, ...(await lookAtKeys(keyValueStore, KvsARN, etag))] };
}

async function lookAtKeys(
  keyValueStore: CloudFrontKeyValueStoreClient,
  KvsARN: string,
  etag: () => Promise<string | undefined>,
): Promise<readonly Measured[]> {
  return [
    await observe('store-stale-etag', async () => {
      const IfMatch = await etag();
      const put = () =>
        keyValueStore.send(new PutKeyCommand({ KvsARN, Key: 'probe', Value: '0', IfMatch }));
      await put();
      const refusal = await refusalToOwner(put());
      const holds = refusal?.status === 409 && refusal.name === 'ConflictException';
      return [holds, tell(refusal)];
    }),
    await observe('store-delete-missing', async () => {
      const IfMatch = await etag();
      const Key = 'missing';
      const one = new DeleteKeyCommand({ KvsARN, Key, IfMatch });
      const many = new UpdateKeysCommand({ KvsARN, Deletes: [{ Key }], IfMatch });
      const first = await refusalToOwner(keyValueStore.send(one));
      const second = await refusalToOwner(keyValueStore.send(many));
      const holds = first?.status === 404 && second?.status === 404;
      return [holds, `DeleteKey: ${tell(first)}, UpdateKeys: ${tell(second)}`];
    }),
  ];
}

/** Until then nothing else can be done with it. */
export async function waitUntilReady(clients: StoreControl, Name: string): Promise<void> {
  const deadline = Date.now() + READY_MILLISECONDS;
  for (;;) {
    const status = await statusOf(clients, Name);
    if (status === 'READY') return;
    if (Date.now() > deadline) throw new Error(`KeyValueStore ${Name} is ${status}`);
    await sleep(PAUSE_MILLISECONDS);
  }
}

async function statusOf({ cloudfront }: StoreControl, Name: string): Promise<string | undefined> {
  const answer = await cloudfront.send(new DescribeKeyValueStoreCommand({ Name }));
  return answer.KeyValueStore?.Status;
}

export async function removeStore(clients: StoreControl, Name: string): Promise<void> {
  await waitUntilReady(clients, Name);
  const { ETag: IfMatch } = await clients.cloudfront.send(
    new DescribeKeyValueStoreCommand({ Name }),
  );
  await clients.cloudfront.send(new DeleteKeyValueStoreCommand({ Name, IfMatch }));
}
