import { findClash, type Clash } from '../../core/publish/compare.ts';
import { hashOf, headersOf, keyOf, sharedKeyOf } from '../../core/publish/layout.ts';
import { isUntrusted } from '../../core/state/build.ts';
import { keys } from '../../core/state/keys.ts';
import type { Manifest, ManifestFile } from '../../core/state/manifest.ts';
import type { UploadStore } from '../../ports/upload-store.ts';
import { eachInFlight } from './in-flight.ts';

interface UploadJob {
  readonly build: Manifest;
  readonly store: UploadStore;
  /** The file's bytes; throws when they are no longer those of the manifest. */
  readonly read: (file: ManifestFile) => Promise<Uint8Array>;
  /** Called after each file that is in place. */
  readonly progress: (file: ManifestFile) => void;
}

export interface UploadOutcome {
  readonly created: readonly ManifestFile[];
  /** Already stored, with the same bytes and headers. */
  readonly found: readonly ManifestFile[];
  readonly clashes: readonly Clash[];
}

/** Puts every file of a build in place, largest first; what is stored already is compared, not sent. */
export async function uploadFiles(job: UploadJob): Promise<UploadOutcome> {
  const { files } = job.build;
  const taken = await listTaken(job);
  const outcome = { created: new Array<ManifestFile>(), found: new Array<ManifestFile>() };
  const clashes: Clash[] = [];
  const largestFirst = files.toSorted((a, b) => b.size - a.size);
  await eachInFlight(largestFirst, async (file) => {
    const own = keyOf(job.build, file);
    // Found first by the edge: a name that is taken there is of no use here.
    const key = [sharedKeyOf(job.build, file), own].find(
      (one) => one !== undefined && taken.has(one),
    );
    if (key === undefined && (await createFile(job, file))) {
      outcome.created.push(file);
    } else {
      const clash = await compareStored(job, file, key ?? own);
      if (clash) clashes.push(clash);
      else outcome.found.push(file);
    }
    job.progress(file);
  });
  return { ...outcome, clashes: clashes.toSorted((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** Every key that a file of this build may find taken. */
async function listTaken({ build, store }: UploadJob): Promise<ReadonlySet<string>> {
  const { app, settings, files } = build;
  const pools = isUntrusted(build.build)
    ? [keys.pool(app), keys.untrustedPool(app)]
    : [keys.pool(app)];
  const prefixes = [
    keys.build({ app, root: settings.root }, build.build),
    ...(files.some(({ location }) => location === 'pool') ? pools : []),
  ];
  const found = await Promise.all(prefixes.map((prefix) => store.keys(prefix)));
  return new Set(found.flatMap((listed) => [...listed]));
}

async function createFile(job: UploadJob, file: ManifestFile): Promise<boolean> {
  const { created } = await job.store.create({
    key: keyOf(job.build, file),
    body: await job.read(file),
    sha256: file.sha256,
    ...headersOf(job.build, file),
  });
  return created;
}

async function compareStored(
  job: UploadJob,
  file: ManifestFile,
  key: string,
): Promise<Clash | undefined> {
  const stored = await job.store.describe(key);
  if (!stored)
    throw new Error(`${key} was listed or taken, and is gone: something deletes objects`);
  // Objects that other tools wrote may have no SHA-256 of their own.
  const sha256 = stored.sha256 ?? hashOf((await job.store.read(key)) ?? new Uint8Array());
  return findClash(job.build, file, { ...stored, key, sha256 });
}
