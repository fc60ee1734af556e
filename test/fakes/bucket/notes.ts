import type { PublishNotes } from '../../../controller/ports/publish-notes.ts';
import type { Send } from '../cloud/ports.ts';
import type { MemoryBucket } from './memory-bucket.ts';

export function createNotes(bucket: MemoryBucket, send: Send): PublishNotes {
  return {
    read: (key) =>
      send(`read ${key}`, 'read', async () => {
        const object = bucket.get(key);
        return object && Buffer.from(object.body).toString();
      }),
    modified: (key) => send(`describe ${key}`, 'read', async () => bucket.get(key)?.modified),
    write: (key, text) =>
      send(`write ${key}`, 'write', async () => {
        bucket.put(key, Buffer.from(text), { condition: 'any' });
      }),
    remove: (key) => send(`remove ${key}`, 'write', async () => void bucket.remove(key)),
    folders: (prefix) =>
      send(`list folders of ${prefix}`, 'read', async () => bucket.folders(prefix)),
  };
}
