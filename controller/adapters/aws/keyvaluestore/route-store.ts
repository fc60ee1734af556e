import {
  UpdateKeysCommand,
  type CloudFrontKeyValueStoreClient,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { RouteStore } from '../../../ports/route-store.ts';
import type { FindStoreArn } from '../store-arns.ts';
import { isConflict } from './conflict.ts';
import { explain, readKeys } from './read-keys.ts';

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
        // A store that was made anew under its name has another ARN. Whatever else it is stays what it is:
        // the control plane may be down just now, and what is remembered still right.
        if (!remembered.has(store)) throw error;
        const now = await findStoreArn(store).catch(() => arn);
        if (now === arn) throw error;
        remembered.set(store, now);
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
