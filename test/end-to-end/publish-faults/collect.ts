import { collectApp, type CollectionResult } from '../../../controller/commands/gc/collect.ts';
import { decodeManifest } from '../../../controller/core/publish/manifest-text.ts';
import { keys } from '../../../controller/core/state/keys.ts';
import type { CollectionStore } from '../../../controller/ports/collection-store.ts';
import type { Bucket } from './bucket.ts';

const MINUTE = 60_000;

interface Asked {
  /** How far in the future it runs. */
  readonly minutes?: number;
  /** Deletes, or only says what it would. */
  readonly isApplied?: boolean;
  readonly newest?: number;
}

/** `headgate gc`, with no record and no policy that needs anything. */
export function collectHere(
  bucket: Bucket,
  { minutes = 0, isApplied = false, newest = 10 }: Asked = {},
): Promise<CollectionResult> {
  const store = createStore(bucket);
  const now = () => new Date(Date.now() + minutes * MINUTE);
  return collectApp(
    {
      app: 'shop',
      environments: [],
      named: [],
      store,
      builds: {
        async readManifest(app, build) {
          const object = await store.read(keys.manifest({ app }, build));
          return object && decodeManifest(object.bytes);
        },
      },
      records: { read: async () => undefined },
      floors: async () => [],
      live: async () => [],
      rules: { newest, youngerSeconds: 600, graceSeconds: 3600, pullRequests: undefined },
      claim: isApplied ? { token: now().toISOString(), by: 'gc' } : undefined,
    },
    { clock: { now, sleep: async () => {} }, terminal: { progress: () => {} } },
  );
}

/** Without a network: that is not what fails here. */
function createStore(bucket: Bucket): CollectionStore {
  const revisionOf = (key: string) => bucket.objects().get(key)?.etag;
  return {
    async list(prefix) {
      const held = [...bucket.objects().values()].filter(({ key }) => key.startsWith(prefix));
      const found = held.map(({ key, body, modified, etag }) => {
        return { key, size: body.length, modified: new Date(modified), revision: etag };
      });
      return { found, isWhole: true };
    },
    async folders(prefix) {
      const below = [...bucket.objects().keys()].filter((key) => key.startsWith(prefix));
      const names = below.flatMap((key) => {
        const [name = '', rest] = key.slice(prefix.length).split('/', 2);
        return rest === undefined ? [] : [name];
      });
      return { found: [...new Set(names)], isWhole: true };
    },
    async read(key) {
      const object = bucket.objects().get(key);
      return object && { bytes: object.body, revision: object.etag };
    },
    async write(key, body, revision) {
      if (revisionOf(key) !== revision) return undefined;
      await bucket.put(key, Buffer.from(body));
      return revisionOf(key);
    },
    async removeIf(key, revision) {
      if (revisionOf(key) === revision) await bucket.remove(key);
    },
    async remove(removed) {
      for (const key of removed) await bucket.remove(key);
    },
  };
}
