import {
  DescribeFunctionCommand,
  ListFunctionsCommand,
  ListKeyValueStoresCommand,
  type CloudFrontClient,
  type FunctionSummary,
} from '@aws-sdk/client-cloudfront';
import { DescribeKeyValueStoreCommand } from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { Counts, Inspection } from '../../../ports/inspection.ts';
import { required } from '../fields.ts';
import { ask, askOrNone, askPages } from './asking.ts';
import type { Clients } from './clients.ts';
import { readSettings } from './distribution.ts';
import { createPolicyReaders, type PolicyReaders } from './policy-readers.ts';

type OfEdge = Pick<Inspection, 'distribution' | 'functionStores' | 'counts' | 'storeBytes'>;

export function inspectEdge(clients: Pick<Clients, 'cloudfront' | 'keyValueStore'>): OfEdge {
  let readers: PolicyReaders | undefined;
  return {
    async distribution(id) {
      const client = await clients.cloudfront();
      readers ??= createPolicyReaders(client);
      return readSettings(client, id, readers);
    },
    async functionStores(name) {
      const client = await clients.cloudfront();
      const doing = { action: 'cloudfront:DescribeFunction', resource: `function ${name}` };
      const answer = await askOrNone(doing, ['NoSuchFunctionExists'], () =>
        client.send(new DescribeFunctionCommand({ Name: name, Stage: 'LIVE' })),
      );
      return answer?.FunctionSummary && storesOf(answer.FunctionSummary);
    },
    counts: async () => count(await clients.cloudfront()),
    async storeBytes(arn) {
      const client = await clients.keyValueStore();
      const doing = {
        action: 'cloudfront-keyvaluestore:DescribeKeyValueStore',
        resource: `KeyValueStore ${arn}`,
      };
      const answer = await ask(doing, () =>
        client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn })),
      );
      return required(answer.TotalSizeInBytes, 'the size of a KeyValueStore');
    },
  };
}

async function count(client: CloudFrontClient): Promise<Counts> {
  const functions = await listFunctions(client);
  const stores = functions.flatMap(storesOf);
  return {
    functions: functions.length,
    stores: await countStores(client),
    readers: new Map(stores.map((arn) => [arn, stores.filter((one) => one === arn).length])),
  };
}

async function listFunctions(client: CloudFrontClient): Promise<readonly FunctionSummary[]> {
  const pages = await askPages(
    { action: 'cloudfront:ListFunctions', resource: 'the functions of the account' },
    (Marker) => client.send(new ListFunctionsCommand({ Stage: 'DEVELOPMENT', Marker })),
    ({ FunctionList }) => FunctionList?.NextMarker,
  );
  return pages.flatMap(({ FunctionList }) => FunctionList?.Items ?? []);
}

async function countStores(client: CloudFrontClient): Promise<number> {
  const pages = await askPages(
    { action: 'cloudfront:ListKeyValueStores', resource: 'the KeyValueStores of the account' },
    (Marker) => client.send(new ListKeyValueStoresCommand({ Marker })),
    ({ KeyValueStoreList }) => KeyValueStoreList?.NextMarker,
  );
  return pages.flatMap(({ KeyValueStoreList }) => KeyValueStoreList?.Items ?? []).length;
}

function storesOf({ FunctionConfig }: FunctionSummary): readonly string[] {
  const items = FunctionConfig?.KeyValueStoreAssociations?.Items ?? [];
  return items.flatMap(({ KeyValueStoreARN }) => KeyValueStoreARN ?? []);
}
