import { findKnown } from '../../core/publish/known.ts';
import { keyOf } from '../../core/publish/layout.ts';
import { renderProgress } from '../../core/publish/progress.ts';
import { isUntrusted } from '../../core/state/build.ts';
import { keys } from '../../core/state/keys.ts';
import type { Manifest, ManifestFile } from '../../core/state/manifest.ts';
import type { CollectionWatch } from './collection.ts';
import { FileCopies } from './copy-file.ts';
import type { StoreJob } from './flight.ts';
import { openUnchanged } from './large-file.ts';
import { readUnchanged, type PublishContext } from './read-build.ts';
import { uploadFiles, type UploadJob, type Uploaded, type UploadOutcome } from './upload.ts';

/** Puts all files of a build in place, so that they stay there until its manifest names them. */
export async function placeFiles(
  job: StoreJob,
  watch: CollectionWatch,
  context: PublishContext,
): Promise<UploadOutcome> {
  const { manifest, flight } = job;
  const { files } = manifest;
  const trusted = findKnown(manifest, flight.bases.filter(isLasting));
  const upload = describeUpload(job, watch, context);
  const isLookingFirst = flight.isResumed;
  const outcome = await uploadFiles({ ...upload, files, trusted, isLookingFirst });
  if (outcome.clashes.length > 0) return outcome;
  const doubtful = [
    ...(await findDoubtful(outcome, watch)),
    // Last of all, right before the manifest.
    ...(await findGone(outcome, job, context)),
  ];
  if (doubtful.length === 0) return outcome;
  const again = { trusted: new Set<string>(), isLookingFirst: true };
  const paths = new Set(doubtful.map(({ path }) => path));
  const asked = files.filter(({ path }) => paths.has(path));
  return merge(manifest, outcome, await uploadFiles({ ...upload, ...again, files: asked }));
}

/** By key: in a complete tree a pooled file lies in two places. */
function merge(build: Manifest, first: UploadOutcome, second: UploadOutcome): UploadOutcome {
  const sent = new Set([...second.created, ...second.copied].map((file) => keyOf(build, file)));
  const without = (files: readonly ManifestFile[]) =>
    files.filter((file) => !sent.has(keyOf(build, file)));
  return {
    created: [...without(first.created), ...second.created],
    copied: [...without(first.copied), ...second.copied],
    found: without(first.found),
    trusted: without(first.trusted),
    early: [],
    clashes: second.clashes,
  };
}

/** Whatever was known of them: they are all looked at, and sent where they are gone. */
export function placeAgain(
  job: StoreJob,
  watch: CollectionWatch,
  context: PublishContext,
): Promise<UploadOutcome> {
  const { files } = job.manifest;
  const again = { files, trusted: new Set<string>(), isLookingFirst: true };
  return uploadFiles({ ...describeUpload(job, watch, context), ...again });
}

/** What pull requests share may have a lifecycle rule, which asks nobody: of that a manifest is no proof. */
function isLasting({ build }: Manifest): boolean {
  return !isUntrusted(build);
}

/** Milliseconds between two looks at how far it is. */
const PAUSE = 50;

function describeUpload(
  { request, manifest, flight }: StoreJob,
  watch: CollectionWatch,
  context: PublishContext,
): Omit<UploadJob, 'files' | 'trusted' | 'isLookingFirst'> {
  const { directory, place } = request;
  const unsure = flight.bases.filter((base) => !isLasting(base));
  const store = context.uploads(place);
  const start = context.clock.now().getTime();
  let shown = start;
  const progress = (done: Uploaded): void => {
    const now = context.clock.now().getTime();
    if (now - shown < PAUSE) return;
    shown = now;
    context.terminal.progress(renderProgress({ ...done, seconds: (now - start) / 1000 }));
  };
  return {
    build: manifest,
    store,
    expected: findKnown(manifest, unsure),
    copies: new FileCopies({ build: manifest, bases: flight.bases, store }),
    isSure: () => watch.isSure,
    keep: async () => {
      watch.check();
      await flight.lease.keep();
    },
    read: (file) => readUnchanged(directory, file, context),
    open: (file) => openUnchanged(directory, file, context),
    progress,
  };
}

/**
 * Is it still there? With a collection at work that doesn't know of us that is asked of all, also of what was created:
 * a deletion that was not answered is sent again, and takes what has come since.
 */
async function findDoubtful(
  { created, copied, found, early }: UploadOutcome,
  watch: CollectionWatch,
): Promise<readonly ManifestFile[]> {
  if ((await watch.found) === undefined) return early;
  await watch.wait();
  return [...created, ...copied, ...found];
}

/** As long as its manifest is there, and for a grace period after that, a base has its pooled files. */
async function findGone(
  { trusted }: UploadOutcome,
  { request, flight }: StoreJob,
  context: PublishContext,
): Promise<readonly ManifestFile[]> {
  if (trusted.length === 0) return [];
  const store = context.uploads(request.place);
  const manifests = flight.bases
    .filter(isLasting)
    .map(({ app, build, settings: { root } }) => keys.manifest({ app, root }, build));
  const found = await Promise.all(manifests.map((key) => store.describe(key)));
  return found.every((one) => one !== undefined) ? [] : trusted;
}
