import type { S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../../../core/errors.ts';
import { keyOf, sharedKeyOf } from '../../../core/publish/layout.ts';
import {
  decodeManifest,
  parseSettings,
  renderSettings,
  whyUnreadable,
} from '../../../core/publish/manifest-text.ts';
import { keys, type Home } from '../../../core/state/keys.ts';
import type { Manifest, PublishSettings } from '../../../core/state/manifest.ts';
import type { BuildStore } from '../../../ports/build-store.ts';
import { headObject, listObjects, readObject, writeObject, type Bucket } from './objects.ts';

/** One may list tens of thousands of files. */
const MANIFESTS_KEPT = 32;

/** `root`: where builds lie in the bucket; undefined: below `<app>/builds/`. */
export function createBuildStore(client: S3Client, name: string, root?: string): BuildStore {
  const bucket = { client, name };
  // A published manifest never changes, so `hasFile` need not fetch it again.
  const manifests = new Map<string, Manifest>();
  const store: BuildStore = {
    async readManifest(app, build) {
      const key = keys.manifest({ app, root }, build);
      const found = await readParsed(bucket, key, decodeManifest);
      if (!found) return undefined;
      manifests.set(key, found.manifest);
      const [oldest] = manifests.keys();
      if (manifests.size > MANIFESTS_KEPT && oldest !== undefined) manifests.delete(oldest);
      return found;
    },
    async hasFile(app, build, path) {
      const known = manifests.get(keys.manifest({ app, root }, build));
      const manifest = known ?? (await store.readManifest(app, build))?.manifest;
      const file = manifest?.files.find((candidate) => candidate.path === path);
      if (!file) return false;
      const named = { app, build, settings: { root } };
      const places = [sharedKeyOf(named, file), keyOf(named, file)];
      for (const key of places) {
        const head = key === undefined ? undefined : await headObject(bucket, key);
        if (head) return head.ContentLength === file.size;
      }
      return false;
    },
    list: (app) => listAll(bucket, { app, root }),
    async readSettings(app) {
      return readParsed(bucket, keys.settings(app), (bytes) =>
        parseSettings(Buffer.from(bytes).toString()),
      );
    },
    writeSettings: (app, settings) => writeSettings(bucket, app, settings),
  };
  return store;
}

/** Reads an object of ours; undefined: there is none. */
export async function readParsed<Value>(
  bucket: Bucket,
  key: string,
  parse: (bytes: Uint8Array) => Value,
): Promise<Value | undefined> {
  const object = await readObject(bucket, key);
  if (!object) return undefined;
  try {
    return parse(object.bytes);
  } catch (cause) {
    throw new UsageError(
      `s3://${bucket.name}/${key} is not a file that this version of Headgate understands: ${whyUnreadable(cause)}.`,
      'If a newer version wrote it, use that version; otherwise look at what wrote it, and restore it.',
      { cause },
    );
  }
}

/** A prefix without a manifest is an upload under way or given up, not a build. */
async function listBuilds(bucket: Bucket, home: Home, parent: string): Promise<readonly string[]> {
  const { prefixes } = await listObjects(bucket, parent, '/');
  const builds = prefixes.map((prefix) => prefix.slice(parent.length, -1));
  // In a folder of its own an app's name is no build; elsewhere anything may lie beside builds.
  const possible = builds.filter((build) => keys.build(home, build) === `${parent}${build}/`);
  const published = await Promise.all(
    possible.map((build) => headObject(bucket, keys.manifest(home, build))),
  );
  return possible.filter((_, index) => published[index] !== undefined);
}

async function listAll(bucket: Bucket, home: Home): Promise<readonly string[]> {
  const parents = [keys.builds(home), keys.untrustedBuilds(home.app)];
  return (await Promise.all(parents.map((parent) => listBuilds(bucket, home, parent)))).flat();
}

async function writeSettings(
  bucket: Bucket,
  app: string,
  settings: PublishSettings,
): Promise<void> {
  const body = Buffer.from(renderSettings(settings));
  const key = keys.settings(app);
  await writeObject(bucket, { key, body, contentType: 'application/json' }, 'any');
}
