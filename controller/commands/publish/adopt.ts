import { RefusedError, UsageError } from '../../core/errors.ts';
import {
  describeAdopted,
  findChanged,
  type Adopted,
  type StoredObject,
} from '../../core/publish/adopted.ts';
import { checkDirectory, checkSizes } from '../../core/publish/check.ts';
import { layStored } from '../../core/publish/layout.ts';
import { countFiles } from '../../core/publish/report.ts';
import { isUntrusted } from '../../core/state/build.ts';
import { keys } from '../../core/state/keys.ts';
import {
  DEFAULT_SETTINGS,
  MANIFEST_VERSION,
  type Manifest,
  type ManifestFile,
  type PublishSettings,
} from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';
import { eachInFlight } from './in-flight.ts';
import { hashStream } from './large-file.ts';
import { refuseProblems, refuseReserved } from './read-build.ts';
import { readMade } from './read-made.ts';
import { commitManifest } from './store-build.ts';

interface AdoptRequest {
  readonly app: string;
  /** Its root says where builds lie. */
  readonly place: Place;
  readonly build: string;
}

/** Makes a build of objects that another tool stored: reads all of them, writes the manifest alone. */
export async function adoptBuild(request: AdoptRequest, context: Context): Promise<Adopted> {
  const { app, build, place } = request;
  refuseNames(request);
  const [published, settings, objects] = await Promise.all([
    context.builds(place).readManifest(app, build),
    readSettings(request, context),
    listObjects(request, context),
  ]);
  if (published) {
    const { digest, manifest } = published;
    refuseChanged(request, manifest, objects);
    return { ...describeAdopted(manifest, objects), digest, alreadyPublished: true };
  }
  if (objects.length === 0) await refuseMissing(request, context);
  refuseProblems(whereIs(request), [
    ...checkDirectory({ files: objects, problems: [] }, { app, build, settings }),
    ...checkSizes(objects),
  ]);
  const files = await layObjects(request, objects, context);
  const made = { ...(await readMade(build, context)), adopted: true } as const;
  const manifest: Manifest = { version: MANIFEST_VERSION, app, build, settings, made, files };
  const digest = await commitManifest(manifest, context.uploads(place));
  return { ...describeAdopted(manifest, objects), digest, alreadyPublished: false };
}

function refuseNames({ app, place, build }: AdoptRequest): void {
  refuseReserved({ app, root: place.root }, build);
  if (!isUntrusted(build)) return;
  throw new UsageError(
    `${build} is a number of untrusted builds, which are published and not adopted.`,
    `Copy it within S3 to another number, or publish its directory: headgate publish <dir> --untrusted --build ${build} ...`,
  );
}

/** What the earlier tool went on writing after the manifest: the digest names other bytes than visitors get. */
function refuseChanged(
  request: AdoptRequest,
  manifest: Manifest,
  objects: readonly FoundObject[],
): void {
  const changed = findChanged(manifest, objects);
  if (changed.length === 0) return;
  const examples = [...changed.slice(0, 3), ...(changed.length > 3 ? ['...'] : [])].join(', ');
  throw new RefusedError(
    `Build ${request.build} of ${request.app} is published already, and ${countFiles(changed.length)} of it changed since (${examples}).`,
    `Stop what writes below ${whereIs(request)}. Restore those objects, or copy them all to another number and adopt that.`,
  );
}

function whereIs({ app, place, build }: AdoptRequest): string {
  return `s3://${place.bucket}/${keys.build({ app, root: place.root }, build)}`;
}

/** Everything is below the build's own prefix, so nothing of it is pooled. */
async function readSettings(
  { app, place }: AdoptRequest,
  context: Context,
): Promise<PublishSettings> {
  const { root } = place;
  const { spa } = (await context.builds(place).readSettings(app)) ?? DEFAULT_SETTINGS;
  return { spa, pool: { include: [], exclude: [] }, ...(root !== undefined && { root }) };
}

interface FoundObject extends StoredObject {
  readonly key: string;
}

async function listObjects(
  { app, build, place }: AdoptRequest,
  context: Context,
): Promise<readonly FoundObject[]> {
  const store = context.uploads(place);
  const home = { app, root: place.root };
  const prefix = keys.build(home, build);
  const manifest = keys.manifest(home, build);
  // Consoles store an empty object `a/` for a folder: no URL asks for it.
  const listed = [...(await store.keys(prefix))].filter(
    (key) =>
      !key.endsWith('/') && key !== manifest && !key.startsWith(keys.privateFiles(home, build)),
  );
  const found: FoundObject[] = [];
  await eachInFlight(
    listed.map((key) => ({ key, size: 0 })),
    async ({ key }) => {
      const path = key.slice(prefix.length);
      found.push({ key, path, ...present(key, await store.describe(key)) });
      context.terminal.progress(`Build ${build}: ${found.length} of ${countFiles(listed.length)}`);
    },
  );
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Hashes of the bytes: S3 knows them of objects that were stored with a SHA-256, others are read. */
async function layObjects(
  { place, build }: AdoptRequest,
  objects: readonly FoundObject[],
  context: Context,
): Promise<readonly ManifestFile[]> {
  const files: ManifestFile[] = [];
  const store = context.uploads(place);
  await eachInFlight(objects, async (object) => {
    const { key } = object;
    const sha256 = object.sha256 ?? present(key, await hashStream(store, key));
    files.push(layStored({ ...object, sha256 }));
    context.terminal.progress(
      `Build ${build}: hashing ${files.length} of ${countFiles(objects.length)}`,
    );
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

async function refuseMissing(request: AdoptRequest, context: Context): Promise<void> {
  const { app, build, place } = request;
  const top = await context.uploads(place).keys(`${build}/`);
  const isElsewhere = place.root === undefined && top.size > 0;
  throw new UsageError(
    `There is nothing at ${whereIs(request)} to adopt${isElsewhere ? `; s3://${place.bucket}/${build}/ has ${countFiles(top.size)}` : ''}.`,
    isElsewhere
      ? `Adopt it there, with \`root: ''\` in the policy: headgate build adopt ${build} --root / --bucket ${place.bucket} --app ${app}`
      : 'Publish the directory of that build with `headgate publish` instead.',
  );
}
