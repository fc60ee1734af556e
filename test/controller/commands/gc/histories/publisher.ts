import { createHash } from 'node:crypto';
import { publishBuild } from '../../../../../controller/commands/publish/publish-build.ts';
import type { PublishContext } from '../../../../../controller/commands/publish/read-build.ts';
import { hashOf } from '../../../../../controller/core/publish/layout.ts';
import { keys } from '../../../../../controller/core/state/keys.ts';
import type { BuildStore } from '../../../../../controller/ports/build-store.ts';
import type { Files } from '../../../../../controller/ports/files.ts';
import type { StoredObject, UploadStore } from '../../../../../controller/ports/upload-store.ts';
import type { Surroundings } from '../../../../../controller/ports/surroundings.ts';
import { createNotes } from '../../../../fakes/bucket/notes.ts';
import { createManifests, createUploads } from '../../../../fakes/bucket/uploads.ts';
import type { Send } from '../../../../fakes/cloud/ports.ts';
import { APP, settingsOf, textOf, type World } from './world.ts';

interface Publish {
  readonly build: string;
  /** Bits, one for each pooled name; a number always has the same. */
  readonly files: number;
  /** It doesn't look whether a collection is running. */
  readonly isBlind: boolean;
  /** What it created is there for ever. */
  readonly trustsItself: boolean;
}

/** `headgate publish`, of a directory in memory. */
export async function publish(asked: Publish, world: World, send: Send): Promise<void> {
  const { build, isBlind, trustsItself } = asked;
  const files = world.filesOf.get(build) ?? asked.files;
  world.filesOf.set(build, files);
  const notes = createNotes(world.bucket, send);
  const blind: typeof notes = {
    ...notes,
    read: async (key) => (key === keys.collection(APP) ? undefined : notes.read(key)),
  };
  const manifests = createManifests(world.bucket, send);
  const uploads = createUploads(world.bucket, send);
  const context: PublishContext = {
    builds: () =>
      ({
        ...manifests,
        readSettings: async () => settingsOf(build),
      }) as Partial<BuildStore> as BuildStore,
    uploads: () => (trustsItself ? trustItself(uploads) : uploads),
    publishNotes: () => (isBlind ? blind : notes),
    files: layDirectory(build, files),
    clock: {
      now: () => world.now,
      // Time passes for everybody.
      sleep: (milliseconds) => {
        const end = world.bucket.now + milliseconds;
        return send('sleep', 'sleep', async () => {
          world.bucket.now = Math.max(world.bucket.now, end);
        });
      },
    },
    terminal: {
      interactive: false,
      print: () => {},
      note: () => {},
      progress: () => {},
      summary: async () => {},
    },
    surroundings: { source: async () => ({}) } as Partial<Surroundings> as Surroundings,
  };
  const place = { bucket: 'builds', region: undefined };
  await publishBuild({ directory: 'dist', place, app: APP, build }, context);
}

function trustItself(store: UploadStore): UploadStore {
  const own = new Map<string, StoredObject>();
  return {
    ...store,
    async create(upload) {
      const created = await store.create(upload);
      if (!created.created) return created;
      own.set(upload.key, { ...upload, size: upload.body.byteLength, etag: created.etag });
      return created;
    },
    describe: async (key) => own.get(key) ?? store.describe(key),
  };
}

function layDirectory(build: string, files: number): Files {
  const pooled = [0, 1, 2, 3, 4, 5].filter((bit) => (files & (1 << bit)) !== 0);
  const paths = [...pooled.map((bit) => `assets/${bit}.js`), 'index.html'];
  const read = (path: string) => textOf(build, path.slice('dist/'.length));
  const directory: Partial<Files> = {
    scan: async () => ({
      files: paths.map((path) => ({ path })),
      problems: [],
    }),
    readBytes: async (path) => read(path),
    digest: async (path) => {
      const body = read(path);
      const etag = createHash('md5').update(body).digest('hex');
      return { size: body.byteLength, sha256: hashOf(body), etag };
    },
  };
  return directory as Files;
}
