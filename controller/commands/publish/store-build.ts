import { RefusedError } from '../../core/errors.ts';
import { compareManifests, NEW_NUMBER, renderClashes } from '../../core/publish/compare.ts';
import { hashOf } from '../../core/publish/layout.ts';
import { digestOf, parseManifest, renderManifest } from '../../core/publish/manifest-text.ts';
import { countFiles, renderBytes, type PublishResult } from '../../core/publish/report.ts';
import { keys } from '../../core/state/keys.ts';
import type { Manifest, ManifestFile } from '../../core/state/manifest.ts';
import type { Context } from '../../ports/context.ts';
import type { UploadStore } from '../../ports/upload-store.ts';
import { readUnchanged, type PublishRequest } from './read-build.ts';
import { uploadFiles, type UploadOutcome } from './upload.ts';

/** Uploads what is missing, then the manifest. The same build again writes nothing. */
export async function storeBuild(
  request: PublishRequest,
  manifest: Manifest,
  context: Context,
): Promise<PublishResult> {
  const { root } = manifest.settings;
  const builds = context.builds({ ...request.place, root });
  const published = await builds.readManifest(request.app, request.build);
  if (published) {
    refuseOtherBuild(published.manifest, manifest);
    return describeResult(manifest, undefined);
  }
  const outcome = await uploadBuild(request, manifest, context);
  if (outcome.clashes.length > 0) {
    const { message, next } = renderClashes(outcome.clashes);
    throw new RefusedError(message, next);
  }
  await commitManifest(manifest, context.uploads(request.place));
  return describeResult(manifest, outcome);
}

function refuseOtherBuild(published: Manifest, wanted: Manifest): void {
  if (renderManifest(published) === renderManifest(wanted)) return;
  const { paths, settings } = compareManifests(published, wanted);
  const examples = [...paths.slice(0, 3), ...(paths.length > 3 ? ['...'] : [])].join(', ');
  const reasons = [
    ...(paths.length > 0 ? [`${countFiles(paths.length)} (${examples})`] : []),
    ...(settings ? ["the app's publishing settings (pool, spa) have changed since"] : []),
  ];
  throw new RefusedError(
    `Build ${wanted.build} of ${wanted.app} is already published and differs from this one: ${reasons.join('; ')}.`,
    `A published build never changes. ${NEW_NUMBER}`,
  );
}

function uploadBuild(
  { directory, place }: PublishRequest,
  build: Manifest,
  context: Context,
): Promise<UploadOutcome> {
  const total = `${countFiles(build.files.length)}, ${renderBytes(sizeOf(build.files))}`;
  let files = 0;
  let bytes = 0;
  return uploadFiles({
    build,
    store: context.uploads(place),
    read: (file) => readUnchanged(directory, file, context),
    progress: (file) => {
      files += 1;
      bytes += file.size;
      context.terminal.progress(`Uploading ${files} (${renderBytes(bytes)}) of ${total}`);
    },
  });
}

/** The one write that makes the build exist. Another runner may have been first: fine if it wrote the same. */
export async function commitManifest(manifest: Manifest, store: UploadStore): Promise<void> {
  const { app, build, settings } = manifest;
  const key = keys.manifest({ app, root: settings.root }, build);
  const body = Buffer.from(renderManifest(manifest));
  const { created } = await store.create({
    key,
    body,
    sha256: hashOf(body),
    contentType: 'application/json',
    cacheControl: 'no-cache',
    metadata: {},
  });
  if (created) return;
  const theirs = await store.read(key);
  if (!theirs) throw new Error(`${key} was taken, and is gone: something deletes objects`);
  refuseOtherBuild(parseManifest(Buffer.from(theirs).toString()), manifest);
}

function describeResult(manifest: Manifest, outcome: UploadOutcome | undefined): PublishResult {
  const { app, build, files } = manifest;
  const { created = [], found = [] } = outcome ?? {};
  const shared = found.filter(({ location }) => location === 'pool');
  return {
    app,
    build,
    digest: digestOf(renderManifest(manifest)),
    alreadyPublished: outcome === undefined,
    files: files.length,
    bytes: sizeOf(files),
    uploadedFiles: created.length,
    uploadedBytes: sizeOf(created),
    sharedFiles: shared.length,
    resumedFiles: found.length - shared.length,
  };
}

export function sizeOf(files: readonly ManifestFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
