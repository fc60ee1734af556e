import { UnansweredError } from '../../../controller/core/errors.ts';
import type { CollectionStore } from '../../../controller/ports/collection-store.ts';
import type { Send } from '../cloud/ports.ts';
import type { MemoryBucket } from './memory-bucket.ts';

/** As the adapter asks S3, request by request. */
export function createCollections(bucket: MemoryBucket, send: Send): CollectionStore {
  return {
    list: (prefix) =>
      send(`list ${prefix}`, 'read', async () => {
        const found = bucket.list(prefix).map(({ key, body, modified, etag }) => {
          return { key, size: body.byteLength, modified, revision: etag };
        });
        return { found, isWhole: true };
      }),
    folders: (prefix) =>
      send(`list folders of ${prefix}`, 'read', async () => {
        return { found: bucket.folders(prefix), isWhole: true };
      }),
    read: (key) =>
      send(`read ${key}`, 'read', async () => {
        const object = bucket.get(key);
        return object && { bytes: object.body, revision: object.etag };
      }),
    write: (key, body, revision) =>
      send(`write ${key}`, 'write', async () => {
        const condition = revision === undefined ? 'absent' : { etag: revision };
        return bucket.put(key, body, { condition });
      }),
    remove: async (removed, isFresh) => {
      if (removed.length === 0) return;
      const check = () => {
        if (!isFresh()) throw new UnansweredError('It is too late to delete.', 'Run it again.');
      };
      check();
      let tries = 0;
      await send(`remove ${removed.join(' ')}`, 'write', async () => {
        if (tries++ > 0) check();
        for (const key of removed) bucket.remove(key);
      });
    },
    removeIf: (key, revision) =>
      send(`remove ${key}`, 'write', async () => void bucket.remove(key, revision)),
  };
}
