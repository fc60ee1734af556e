import { ConflictError, RefusedError, UsageError } from '../../core/errors.ts';
import { NEW_NUMBER, renderClashes } from '../../core/publish/clash.ts';
import { compareManifests } from '../../core/publish/compare.ts';
import { renderLatest } from '../../core/publish/latest.ts';
import { hashOf } from '../../core/publish/layout.ts';
import { decodeManifest, encodeManifest } from '../../core/publish/manifest-text.ts';
import { countFiles, type PublishResult } from '../../core/publish/report.ts';
import type { Digest } from '../../core/state/build.ts';
import { keys } from '../../core/state/keys.ts';
import { isSameBuild, type Manifest, type ManifestFile } from '../../core/state/manifest.ts';
import type { UploadStore } from '../../ports/upload-store.ts';
import { CollectionWatch } from './collection.ts';
import type { Flight, StoreJob } from './flight.ts';
import { nameOwners } from './name-owners.ts';
import type { PublishContext } from './read-build.ts';
import { placeAgain, placeFiles } from './place-files.ts';
import type { UploadOutcome } from './upload.ts';

/** Uploads what is missing, then the manifest. The same build again writes nothing. */
export async function storeBuild(job: StoreJob, context: PublishContext): Promise<PublishResult> {
  const { request, manifest, flight } = job;
  const { watch } = flight;
  const published = await findPublished(job, watch, context);
  if (published) {
    await unlessDenied(() => flight.lease.end(), LEASE_STAYS, context);
    refuseOtherBuild(published.manifest, manifest);
    return describeResult(published.manifest, published.digest, undefined);
  }
  const outcome = await placeFiles(job, watch, context);
  await refuseClashes(outcome, job, context);
  if (flight.lease.isOver) throw tooLate(manifest);
  const digest = await commitManifest(manifest, context.uploads(request.place));
  // A computer that slept meanwhile sends the manifest when it wakes.
  if (flight.lease.isOver) await mend(job, context);
  await land(job, context);
  return describeResult(manifest, digest, outcome);
}

/** The manifest came when collections no longer knew of it: what is gone is sent. */
async function mend(job: StoreJob, context: PublishContext): Promise<void> {
  const { request, flight } = job;
  await flight.lease.revive();
  const watch = new CollectionWatch({ ...request, lease: flight.lease }, context);
  await watch.wait();
  await refuseClashes(await placeAgain(job, watch, context), job, context);
}

async function refuseClashes(
  outcome: UploadOutcome,
  job: StoreJob,
  context: PublishContext,
): Promise<void> {
  if (outcome.clashes.length === 0) return;
  const clashes = await nameOwners(outcome.clashes, job, context);
  const { message, next } = renderClashes(clashes, job.manifest.build);
  throw new RefusedError(message, next);
}

/** Still there after the lease was: what a collection deletes just now would be no build. */
async function findPublished(
  { request, manifest, flight }: StoreJob,
  watch: CollectionWatch,
  context: PublishContext,
): Promise<Flight['published']> {
  const { published } = flight;
  if (published === undefined) return undefined;
  const { app, build, settings } = manifest;
  const home = { app, root: settings.root };
  await watch.wait();
  const key = keys.manifest(home, build);
  return (await context.uploads(request.place).describe(key)) && published;
}

function tooLate({ build }: Manifest): ConflictError {
  return new ConflictError(
    `Publishing ${build} was stopped for so long that what it found may be gone.`,
    'Run it again: only what is missing moves.',
  );
}

/** The build is there: the next one may trust its files, and collections may go on. */
async function land({ request, manifest, flight }: StoreJob, context: PublishContext) {
  const { app, build, made } = manifest;
  const at = context.clock.now().toISOString();
  const hint = keys.latest(app, made?.trust ?? 'protected');
  const write = () => context.publishNotes(request.place).write(hint, renderLatest({ build, at }));
  await Promise.all([
    unlessDenied(write, HINT_LACKS, context),
    unlessDenied(() => flight.lease.end(), LEASE_STAYS, context),
  ]);
}

const HINT_LACKS = 'the next publish takes some requests more to find out what it has';
const LEASE_STAYS =
  'its lease ends by itself within an hour, and until then collections leave the pool alone';

/** The build is published, whatever the role may not do: nobody has to run anything again for this. */
async function unlessDenied(
  step: () => Promise<void>,
  left: string,
  { terminal }: PublishContext,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.note(`warning: ${error.message} The build is there all the same; ${left}.`);
  }
}

function refuseOtherBuild(published: Manifest, wanted: Manifest): void {
  const { paths, settings } = compareManifests(published, wanted);
  const isOther = !isSameBuild(published, wanted);
  if (paths.length === 0 && !settings && !isOther) return;
  const examples = [...paths.slice(0, 3), ...(paths.length > 3 ? ['...'] : [])].join(', ');
  const reasons = [
    ...(paths.length > 0 ? [`${countFiles(paths.length)} (${examples})`] : []),
    ...(settings ? ["the app's publishing settings have changed since"] : []),
    ...(isOther ? [`its manifest is that of build ${published.build} of ${published.app}`] : []),
  ];
  throw new RefusedError(
    `Build ${wanted.build} of ${wanted.app} is already published and differs from this one: ${reasons.join('; ')}.`,
    `A published build never changes. ${NEW_NUMBER}`,
  );
}

/**
 * The one write that makes the build exist. Another runner may have been first: fine if it wrote the
 * same files; then its digest is the build's, since the manifest also says who made it and when.
 */
export async function commitManifest(manifest: Manifest, store: UploadStore): Promise<Digest> {
  const { app, build, settings } = manifest;
  const key = keys.manifest({ app, root: settings.root }, build);
  const { bytes: body, digest } = encodeManifest(manifest);
  const { created } = await store.create({
    key,
    body,
    sha256: hashOf(body),
    contentType: 'application/gzip',
    cacheControl: 'no-cache',
    metadata: {},
  });
  if (created) return digest;
  const theirs = await store.read(key);
  if (!theirs) throw new Error(`${key} was taken, and is gone: something deletes objects`);
  const stored = decodeManifest(theirs);
  refuseOtherBuild(stored.manifest, manifest);
  return stored.digest;
}

function describeResult(
  manifest: Manifest,
  digest: Digest,
  outcome: UploadOutcome | undefined,
): PublishResult {
  const { app, build, files } = manifest;
  const { created = [], copied = [], found = [], trusted = [] } = outcome ?? {};
  const shared = [...trusted, ...found.filter(({ location }) => location === 'pool')];
  const hidden = files.filter(({ location }) => location === 'private');
  return {
    app,
    build,
    digest,
    alreadyPublished: outcome === undefined,
    files: files.length,
    bytes: sizeOf(files),
    uploadedFiles: created.length,
    uploadedBytes: sizeOf(created),
    copiedFiles: copied.length,
    sharedFiles: shared.length,
    resumedFiles: found.length + trusted.length - shared.length,
    privateFiles: hidden.length,
  };
}

export function sizeOf(files: readonly ManifestFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
