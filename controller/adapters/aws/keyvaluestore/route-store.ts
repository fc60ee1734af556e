import {
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ResourceNotFoundException,
  UpdateKeysCommand,
  type CloudFrontKeyValueStoreClient,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { RouteStore } from '../../../ports/route-store.ts';
import { required } from '../fields.ts';
import type { FindStoreArn } from '../store-arns.ts';
import { translateError } from '../translate-error.ts';
import { isConflict } from './conflict.ts';

export function createRouteStore(
  client: CloudFrontKeyValueStoreClient,
  findStoreArn: FindStoreArn,
): RouteStore {
  const remembered = new Map<string, string>();
  const locate = async (store: string) => remembered.get(store) ?? (await findStoreArn(store));
  return {
    remember: (store, arn) => void remembered.set(store, arn),

    async read(store, keys) {
      const arn = await locate(store);
      try {
        return { ...(await readKeys(client, { store, arn, keys })), arn };
      } catch (error) {
        // A store that was made anew under its name has another ARN. Whatever else it is comes again.
        if (!remembered.delete(store)) throw error;
        const now = await findStoreArn(store);
        return { ...(await readKeys(client, { store, arn: now, keys })), arn: now };
      }
    },

    async write(store, revision, { put, remove }) {
      const update = new UpdateKeysCommand({
        KvsARN: await locate(store),
        IfMatch: revision,
        Puts: [...put].map(([Key, Value]) => ({ Key, Value })),
        Deletes: remove.map((Key) => ({ Key })),
      });
      try {
        await client.send(update);
        return 'written';
      } catch (error) {
        if (isConflict(error)) return 'conflict';
        throw explain(error, 'UpdateKeys', store);
      }
    },
  };
}

async function readKeys(
  client: CloudFrontKeyValueStoreClient,
  { store, arn, keys }: { store: string; arn: string; keys: readonly string[] },
): Promise<{ revision: string; values: ReadonlyMap<string, string> }> {
  // The control plane has an ETag too, but If-Match is compared with the one of the data plane.
  const revision = await readRevision(client, store, arn);
  const entries = await Promise.all(
    keys.map(async (key) => [key, await readKey(client, store, { arn, key })] as const),
  );
  return { revision, values: new Map(entries.filter(isPresent)) };
}

async function readRevision(
  client: CloudFrontKeyValueStoreClient,
  store: string,
  arn: string,
): Promise<string> {
  try {
    const answer = await client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }));
    return required(answer.ETag, 'the ETag of a KeyValueStore');
  } catch (error) {
    throw explain(error, 'DescribeKeyValueStore', store);
  }
}

async function readKey(
  client: CloudFrontKeyValueStoreClient,
  store: string,
  { arn, key }: { readonly arn: string; readonly key: string },
): Promise<string | undefined> {
  try {
    return (await client.send(new GetKeyCommand({ KvsARN: arn, Key: key }))).Value;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw explain(error, 'GetKey', store);
  }
}

function explain(error: unknown, verb: string, store: string): Error {
  return translateError(error, {
    action: `cloudfront-keyvaluestore:${verb}`,
    resource: `KeyValueStore ${store}`,
  });
}

function isPresent(entry: readonly [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined;
}
