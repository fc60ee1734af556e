import { hashOf } from '../../../controller/core/publish/layout.ts';
import { decodeManifest } from '../../../controller/core/publish/manifest-text.ts';
import { keys } from '../../../controller/core/state/keys.ts';
import type { BuildStore } from '../../../controller/ports/build-store.ts';
import type { UploadStore } from '../../../controller/ports/upload-store.ts';
import type { Send } from '../cloud/ports.ts';
import type { MemoryBucket, MemoryObject } from './memory-bucket.ts';

export function createUploads(bucket: MemoryBucket, send: Send): UploadStore {
  return {
    create: ({ key, body, contentType, cacheControl, metadata }) =>
      send(`write ${key}`, 'write', async () => {
        const headers = { contentType, cacheControl, metadata };
        const etag = bucket.put(key, body, { condition: 'absent', headers });
        return etag === undefined ? { created: false } : { created: true, etag };
      }),
    copy: ({ key, source, etag, contentType, cacheControl, metadata }) =>
      send(`write ${key}`, 'write', async () => {
        const from = bucket.get(source);
        if (from?.etag !== etag) return 'changed';
        const headers = { contentType, cacheControl, metadata };
        const made = bucket.put(key, from.body, { condition: 'absent', headers });
        return made === undefined ? { created: false } : { created: true, etag: made };
      }),
    createLarge: () => Promise.reject(new Error('no file of these is large')),
    stream: () => Promise.reject(new Error('no file of these is large')),
    keys: (prefix) =>
      send(`list ${prefix}`, 'read', async () => {
        return new Set(bucket.list(prefix).map(({ key }) => key));
      }),
    describe: (key) =>
      send(`describe ${key}`, 'read', async () => {
        const object = bucket.get(key);
        return object && { ...object, size: object.body.byteLength, sha256: hashOf(object.body) };
      }),
    read: (key) => send(`read ${key}`, 'read', async () => bucket.get(key)?.body),
  };
}

type Stored = ReturnType<typeof decodeManifest>;
/** A manifest is read again and again, and never changes. */
const decoded = new WeakMap<MemoryObject, Stored>();

export function decodeObject(object: MemoryObject): Stored {
  const known = decoded.get(object);
  if (known !== undefined) return known;
  const stored = decodeManifest(object.body);
  decoded.set(object, stored);
  return stored;
}

export function createManifests(
  bucket: MemoryBucket,
  send: Send,
): Pick<BuildStore, 'readManifest'> {
  return {
    readManifest: (app, build) =>
      send(`read manifest ${build}`, 'read', async () => {
        const object = bucket.get(keys.manifest({ app }, build));
        return object && decodeObject(object);
      }),
  };
}
