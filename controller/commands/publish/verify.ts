import { RefusedError, UsageError } from '../../core/errors.ts';
import { keyOf, sharedKeyOf } from '../../core/publish/layout.ts';
import { countFiles } from '../../core/publish/report.ts';
import { storedFilesOf } from '../../core/publish/tree.ts';
import { findDifferences, isUnread, type Found, type Verified } from '../../core/publish/verify.ts';
import { keys } from '../../core/state/keys.ts';
import {
  isSameBuild,
  type Manifest,
  type ManifestFile,
  type BuildName,
} from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';
import type { UploadStore } from '../../ports/upload-store.ts';
import { eachInFlight } from './in-flight.ts';
import { hashStream } from './large-file.ts';
import { sizeOf } from './store-build.ts';

export interface BuildRequest {
  readonly app: string;
  readonly place: Place;
  readonly build: string;
}

/** The manifest of a published build with its digest; refuses what isn't published. */
export async function readPublished(
  { app, place, build }: BuildRequest,
  context: Context,
): Promise<{ readonly manifest: Manifest; readonly digest: string }> {
  const found = await context.builds(place).readManifest(app, build);
  if (found !== undefined) {
    refuseOther(found.manifest, { app, build });
    return found;
  }
  throw new UsageError(
    `Build ${build} of ${app} is not published in bucket ${place.bucket}.`,
    `headgate build list --bucket ${place.bucket} --app ${app}`,
  );
}

/** What it says of files would be looked up below another build, and be attested of neither. */
export function refuseOther(of: BuildName, wanted: BuildName): void {
  if (isSameBuild(of, wanted)) return;
  throw new RefusedError(
    `The manifest of build ${wanted.build} of ${wanted.app} is that of build ${of.build} of ${of.app}.`,
    'Somebody copied it there. Look who may write, and publish under a new number.',
  );
}

/** Compares every file of a build with the bucket, and what else lies below its prefix. */
export async function verifyBuild(
  request: BuildRequest & { readonly read: boolean },
  context: Context,
): Promise<Verified> {
  const { app, build, place, read } = request;
  const { manifest, digest } = await readPublished(request, context);
  const store = context.uploads(place);
  const stored = storedFilesOf(manifest).length;
  const [foreign, compared] = await Promise.all([
    listForeign(request, manifest, store),
    compareFiles({ manifest, store, read }, (done) =>
      context.terminal.progress(`Build ${build}: ${done} of ${countFiles(stored)}`),
    ),
  ]);
  const { missing, changed } = compared;
  return {
    app,
    build,
    digest,
    files: manifest.files.length,
    bytes: sizeOf(manifest.files),
    isWhole: missing.length + changed.length + foreign.length === 0,
    wasRead: read,
    ...compared,
    foreign,
  };
}

interface Job {
  readonly manifest: Manifest;
  readonly store: UploadStore;
  readonly read: boolean;
}

type Compared = Pick<Verified, 'missing' | 'changed' | 'unread'>;

async function compareFiles(job: Job, progress: (done: number) => void): Promise<Compared> {
  const missing: Compared['missing'][number][] = [];
  const changed: Compared['changed'][number][] = [];
  const unread: string[] = [];
  let done = 0;
  await eachInFlight(storedFilesOf(job.manifest), async (file) => {
    const { path } = file;
    const found = await findFile(job, file);
    if (found === undefined) {
      missing.push({ path, key: keyOf(job.manifest, file) });
    } else {
      const differences = findDifferences(job.manifest, file, found);
      if (differences.length > 0) changed.push({ path, key: found.key, differences });
      if (isUnread(file, found)) unread.push(path);
    }
    progress(++done);
  });
  return {
    missing: missing.toSorted(byPath),
    changed: changed.toSorted(byPath),
    unread: unread.toSorted(),
  };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}

/** Where the edge finds it: in the app's pool before that of pull requests. */
async function findFile(
  { manifest, store, read }: Job,
  file: ManifestFile,
): Promise<Found | undefined> {
  for (const key of placesOf(manifest, file)) {
    const found = await store.describe(key);
    if (found === undefined) continue;
    const sha256 = read ? await hashStream(store, key) : undefined;
    return { ...found, key, ...(sha256 !== undefined && { sha256 }) };
  }
  return undefined;
}

/** Keys that a file of a build may have, in the order in which the edge looks. */
export function placesOf(manifest: Manifest, file: ManifestFile): readonly string[] {
  const shared = sharedKeyOf(manifest, file);
  const own = keyOf(manifest, file);
  return shared === undefined ? [own] : [shared, own];
}

/** Folders of consoles (`a/`) are no files, and below `.headgate/` lies what is ours. */
async function listForeign(
  { app, build, place }: BuildRequest,
  manifest: Manifest,
  store: UploadStore,
): Promise<readonly string[]> {
  const prefix = keys.build({ app, root: place.root }, build);
  const own = new Set(storedFilesOf(manifest).map((file) => keyOf(manifest, file)));
  const listed = [...(await store.keys(prefix))];
  return listed.filter(
    (key) => !own.has(key) && !key.endsWith('/') && !key.startsWith(`${prefix}.headgate/`),
  );
}
