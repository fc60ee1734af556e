import { BUILD_METADATA } from '../../../edge/contract/route.ts';
import { UsageError } from '../../core/errors.ts';
import { cacheControlOf } from '../../core/publish/cache-class.ts';
import { checkDirectory } from '../../core/publish/check.ts';
import { layFile } from '../../core/publish/layout.ts';
import { digestOf, renderManifest } from '../../core/publish/manifest-text.ts';
import { countFiles } from '../../core/publish/report.ts';
import { keys } from '../../core/state/keys.ts';
import {
  DEFAULT_SETTINGS,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFile,
  type PublishSettings,
} from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';
import type { StoredObject, UploadStore } from '../../ports/upload-store.ts';
import { eachInFlight } from './in-flight.ts';
import { refuseProblems } from './read-build.ts';
import { commitManifest } from './store-build.ts';

interface AdoptRequest {
  readonly app: string;
  readonly place: Place;
  readonly build: string;
}

export interface Adopted {
  readonly app: string;
  readonly build: string;
  readonly digest: string;
  /** It had a manifest before: nothing was written. */
  readonly alreadyPublished: boolean;
  readonly files: number;
  /** HTML files that don't name their build: the edge tells it by a header of its own then. */
  readonly unnamed: number;
  /** HTML files that browsers may go on using after a release. */
  readonly cachedByBrowsers: number;
}

/** Makes a build of objects that another tool stored: reads all of them, writes the manifest alone. */
export async function adoptBuild(request: AdoptRequest, context: Context): Promise<Adopted> {
  const { app, build, place } = request;
  const [published, settings, objects] = await Promise.all([
    context.builds(place).readManifest(app, build),
    readSettings(request, context),
    listObjects(request, context.uploads(place)),
  ]);
  if (published) {
    const { digest, manifest } = published;
    return { ...describeAdopted(manifest, objects), digest, alreadyPublished: true };
  }
  refuseMissing(request, objects, await context.uploads(place).keys(`${build}/`));
  refuseProblems(
    `s3://${place.bucket}/${keys.build(app, build)}`,
    checkDirectory({ files: objects, problems: [] }, { app, build, settings }),
  );
  const files = await layObjects(request, { objects, settings }, context);
  const manifest: Manifest = { version: MANIFEST_VERSION, app, build, settings, files };
  await commitManifest(manifest, context.uploads(place));
  const digest = digestOf(renderManifest(manifest));
  return { ...describeAdopted(manifest, objects), digest, alreadyPublished: false };
}

/** Everything is below the build's own prefix, so nothing of it is pooled. */
async function readSettings(
  { app, place }: AdoptRequest,
  context: Context,
): Promise<PublishSettings> {
  const { spa } = (await context.builds(place).readSettings(app)) ?? DEFAULT_SETTINGS;
  return { spa, pool: { include: [], exclude: [] } };
}

interface FoundObject extends StoredObject {
  readonly key: string;
  readonly path: string;
}

async function listObjects(
  { app, build }: AdoptRequest,
  store: UploadStore,
): Promise<readonly FoundObject[]> {
  const prefix = keys.build(app, build);
  const manifest = keys.manifest(app, build);
  // Consoles store an empty object `a/` for a folder: no URL asks for it.
  const listed = [...(await store.keys(prefix))].filter(
    (key) => !key.endsWith('/') && key !== manifest,
  );
  const found: FoundObject[] = [];
  await eachInFlight(
    listed.map((key) => ({ key, size: 0 })),
    async ({ key }) => {
      found.push({
        key,
        path: key.slice(prefix.length),
        ...present(key, await store.describe(key)),
      });
    },
  );
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function layObjects(
  { place }: AdoptRequest,
  {
    objects,
    settings,
  }: { readonly objects: readonly FoundObject[]; readonly settings: PublishSettings },
  context: Context,
): Promise<readonly ManifestFile[]> {
  const files: ManifestFile[] = [];
  await eachInFlight(objects, async ({ key, path, contentType }) => {
    const body = present(key, await context.uploads(place).read(key));
    // As it is stored: adopting changes no object.
    files.push({ ...layFile(path, body, settings), contentType });
    context.terminal.progress(`Reading ${files.length} of ${countFiles(objects.length)}`);
  });
  return files;
}

function present<Value>(key: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new UsageError(
    `${key} was listed, and is gone: something deletes objects of this build.`,
    'Stop it; a published build never changes.',
  );
}

/** The edge looks below `<app>/builds/` only, so a build stored elsewhere has to be put there first. */
function refuseMissing(
  { app, build, place: { bucket } }: AdoptRequest,
  objects: readonly FoundObject[],
  elsewhere: ReadonlySet<string>,
): void {
  if (objects.length > 0) return;
  const there = `s3://${bucket}/${keys.build(app, build)}`;
  if (elsewhere.size === 0) {
    throw new UsageError(
      `There is nothing at ${there} to adopt.`,
      'Publish the directory of that build with `headgate publish` instead.',
    );
  }
  throw new UsageError(
    `Build ${build} is at s3://${bucket}/${build}/, but the edge serves builds below ${app}/builds/ only.`,
    `Copy it within S3, then adopt it: aws s3 cp --recursive s3://${bucket}/${build}/ ${there}`,
  );
}

function describeAdopted(
  { app, build, files }: Manifest,
  objects: readonly FoundObject[],
): Omit<Adopted, 'digest' | 'alreadyPublished'> {
  const pages = new Set(
    files.filter(({ cacheClass }) => cacheClass === 'document').map(({ path }) => path),
  );
  const documents = objects.filter(({ path }) => pages.has(path));
  const unnamed = documents.filter(({ metadata }) => metadata[BUILD_METADATA] !== build);
  const cached = documents.filter(
    ({ cacheControl }) => cacheControl !== cacheControlOf('document'),
  );
  return {
    app,
    build,
    files: files.length,
    unnamed: unnamed.length,
    cachedByBrowsers: cached.length,
  };
}

export function renderAdopted(adopted: Adopted): string {
  const { app, build, digest, files, unnamed, cachedByBrowsers } = adopted;
  const verb = adopted.alreadyPublished ? 'is published already, nothing to adopt' : 'is adopted';
  return [
    `Build ${build} of ${app} ${verb}: ${countFiles(files)}, digest ${digest}.`,
    ...(unnamed === 0
      ? []
      : [
          `  ${countFiles(unnamed)} of HTML without ${BUILD_METADATA} metadata: see controller/README.md, "Adopted builds".`,
        ]),
    ...(cachedByBrowsers === 0
      ? []
      : [
          `  ${countFiles(cachedByBrowsers)} of HTML without cache-control no-cache: browsers may show an old one after a release.`,
        ]),
  ].join('\n');
}
