import { diffManifests } from '../../core/publish/diff.ts';
import type { DiffReport } from '../../core/publish/diff-text.ts';
import { countFiles } from '../../core/publish/report.ts';
import {
  findStamps,
  pairChanged,
  type FilePair,
  type PairTexts,
} from '../../core/publish/stamps.ts';
import type { Manifest, ManifestFile } from '../../core/state/manifest.ts';
import type { Context, Place } from '../../ports/context.ts';
import type { UploadStore } from '../../ports/upload-store.ts';
import { eachInFlight } from './in-flight.ts';
import { placesOf, readPublished } from './verify.ts';

interface DiffRequest {
  readonly app: string;
  readonly place: Place;
  readonly before: string;
  readonly after: string;
}

/** What changes from one published build to another, and what of it for nothing. */
export async function diffBuilds(request: DiffRequest, context: Context): Promise<DiffReport> {
  const { app, place } = request;
  const [before, after] = await Promise.all(
    [request.before, request.after].map((build) => readPublished({ app, place, build }, context)),
  );
  if (before === undefined || after === undefined) throw new Error('two reads gave fewer answers');
  const difference = diffManifests(before.manifest, after.manifest);
  const pairs = pairChanged(difference);
  const manifests = [before.manifest, after.manifest] as const;
  const texts = await readTexts(chooseComparable(pairs), { manifests, place }, context);
  return {
    app,
    before: { build: request.before, digest: before.digest },
    after: { build: request.after, digest: after.digest },
    ...difference,
    pairs: pairs.length,
    renamed: pairs
      .filter((pair) => pair.before.path !== pair.after.path)
      .toSorted((a, b) => (a.after.path < b.after.path ? -1 : 1)),
    stamps: findStamps(texts, pairs),
  };
}

/** What is downloaded at most: twice 60 files, of 1 MB each, and 32 MB of one build. */
const FILES_LIMIT = 60;
const FILE_BYTES_LIMIT = 10 ** 6;
const BYTES_LIMIT = 32 * 10 ** 6;

const TEXT = /^text\/|json|javascript|xml/;

function isComparable({ size, contentType }: ManifestFile): boolean {
  return TEXT.test(contentType) && size <= FILE_BYTES_LIMIT;
}

/** Of many files the largest: they are what visitors wait for. */
function chooseComparable(pairs: readonly FilePair[]): readonly FilePair[] {
  let bytes = 0;
  return pairs
    .filter(({ before, after }) => isComparable(before) && isComparable(after))
    .toSorted((a, b) => b.after.size - a.after.size)
    .slice(0, FILES_LIMIT)
    .filter(({ after }) => (bytes += after.size) <= BYTES_LIMIT);
}

async function readTexts(
  pairs: readonly FilePair[],
  {
    manifests,
    place,
  }: { readonly manifests: readonly [Manifest, Manifest]; readonly place: Place },
  context: Context,
): Promise<readonly PairTexts[]> {
  const store = context.uploads(place);
  const [first, second] = manifests;
  const found: PairTexts[] = [];
  let done = 0;
  await eachInFlight(
    pairs.map((pair) => ({ ...pair, size: pair.before.size + pair.after.size })),
    async ({ before, after }) => {
      const [was, is] = await Promise.all([
        readText(store, first, before),
        readText(store, second, after),
      ]);
      // What is gone is for `verify` to say.
      if (was !== undefined && is !== undefined) found.push({ before, after, texts: [was, is] });
      context.terminal.progress(`Comparing ${++done} of ${countFiles(pairs.length)}`);
    },
  );
  return found.toSorted((a, b) => (a.after.path < b.after.path ? -1 : 1));
}

async function readText(
  store: UploadStore,
  manifest: Manifest,
  file: ManifestFile,
): Promise<string | undefined> {
  for (const key of placesOf(manifest, file)) {
    const bytes = await store.read(key);
    if (bytes !== undefined) return Buffer.from(bytes).toString();
  }
  return undefined;
}
