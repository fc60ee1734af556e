import type { Clash } from '../../core/publish/clash.ts';
import { findClash } from '../../core/publish/compare.ts';
import { headersOf, keyOf, sharedKeyOf } from '../../core/publish/layout.ts';
import { treeFileOf } from '../../core/publish/tree.ts';
import type { Manifest, ManifestFile } from '../../core/state/manifest.ts';
import type { UploadStore } from '../../ports/upload-store.ts';
import type { FileCopies } from './copy-file.ts';
import { eachInFlight } from './in-flight.ts';
import {
  createLargeFile,
  hashStored,
  isLarge,
  weigh,
  type LargeFile,
  type ReadPart,
} from './large-file.ts';

export interface UploadJob {
  readonly build: Manifest;
  /** Of the build: those to put in place. */
  readonly files: readonly ManifestFile[];
  readonly store: UploadStore;
  /** Asked before bytes are read. */
  readonly copies: Pick<FileCopies, 'make'>;
  /** Keys that hold what they should: nobody asks for those. */
  readonly trusted: ReadonlySet<string>;
  /** Keys that hold it in all likelihood: looking costs less than sending. */
  readonly expected: ReadonlySet<string>;
  /** Much of it is stored already: as if all were expected. */
  readonly isLookingFirst: boolean;
  /** Called before anything that takes long: it keeps collections away. */
  readonly keep: () => Promise<void>;
  /** The file's bytes; throws when they are no longer those of the manifest. */
  readonly read: (file: ManifestFile) => Promise<Uint8Array>;
  /** The same part by part. */
  readonly open: (file: ManifestFile) => ReadPart;
  /** Whether what is found from now on was found at a time when that is known to mean something. */
  readonly isSure: () => boolean;
  /** Called after each file and part that is in place. */
  readonly progress: (done: Uploaded) => void;
}

export interface Uploaded {
  readonly files: number;
  readonly bytes: number;
  readonly of: { readonly files: number; readonly bytes: number };
}

export interface UploadOutcome {
  readonly created: readonly ManifestFile[];
  /** Made from objects that are there. */
  readonly copied: readonly ManifestFile[];
  /** Already stored, with the same bytes and headers: somebody asked. */
  readonly found: readonly ManifestFile[];
  /** Of those what was asked for before `isSure`. */
  readonly early: readonly ManifestFile[];
  readonly trusted: readonly ManifestFile[];
  readonly clashes: readonly Clash[];
}

/** What was found where a file is to be. */
type Placed = 'created' | 'copied' | 'found' | 'trusted' | Clash;

interface Run extends UploadJob {
  /** What came last says what to expect next: after a name that was taken, it is looked first. */
  readonly expects: { taken: boolean };
  /** The same of what lies below the build once more. */
  readonly expectsBelow: { taken: boolean };
}

interface FileRun extends Run {
  /** Called with the bytes of each part that is in place. */
  readonly sent: (bytes: number) => void;
}

/** Puts files of a build in place, largest first; what is stored already is compared, not sent. */
export async function uploadFiles(job: UploadJob): Promise<UploadOutcome> {
  const taken = job.isLookingFirst;
  const run: Run = { ...job, expects: { taken }, expectsBelow: { taken } };
  const outcome = {
    created: new Array<ManifestFile>(),
    copied: new Array<ManifestFile>(),
    found: new Array<ManifestFile>(),
    early: new Array<ManifestFile>(),
    trusted: job.files.filter((file) => isTrusted(job, file)),
    clashes: new Array<Clash>(),
  };
  const moving = job.files
    .filter((file) => !isTrusted(job, file) || treeFileOf(job.build, file))
    .toSorted((a, b) => b.size - a.size);
  const count = countUp(moving, job.progress);
  await eachInFlight(
    moving,
    async (file) => {
      const wasSure = job.isSure();
      const { sent, end } = count(file);
      for (const [one, placed] of await placeEverywhere({ ...run, sent }, file)) {
        if (typeof placed === 'string') outcome[placed].push(one);
        else outcome.clashes.push(placed);
        if (placed === 'found' && !wasSure) outcome.early.push(one);
      }
      end();
    },
    weigh,
  );
  return { ...outcome, clashes: outcome.clashes.toSorted((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** Adds up what is in place; of a large file each part. */
function countUp(files: readonly ManifestFile[], tell: UploadJob['progress']) {
  const of = { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  const done = { files: 0, bytes: 0 };
  return (file: ManifestFile) => {
    let counted = 0;
    const sent = (bytes: number): void => {
      const more = Math.min(bytes, file.size - counted);
      counted += more;
      done.bytes += more;
      tell({ ...done, of });
    };
    const end = (): void => {
      done.files += 1;
      sent(file.size);
    };
    return { sent, end };
  };
}

/** In a complete tree what is pooled lies below the build, too, and is copied from what is in the pool by then. */
async function placeEverywhere(
  run: FileRun,
  file: ManifestFile,
): Promise<readonly (readonly [ManifestFile, Placed])[]> {
  const placed = isTrusted(run, file) ? [] : [[file, await placeFile(run, file)] as const];
  const twin = treeFileOf(run.build, file);
  if (twin === undefined) return placed;
  const below = { ...run, expects: run.expectsBelow };
  return [...placed, [twin, await placeFile(below, twin)]];
}

/** Without a single request. */
function isTrusted({ build, trusted }: UploadJob, file: ManifestFile): boolean {
  return trusted.has(sharedKeyOf(build, file) ?? keyOf(build, file));
}

async function placeFile(run: FileRun, file: ManifestFile): Promise<Placed> {
  const { build, trusted } = run;
  const shared = sharedKeyOf(build, file);
  // Found first by the edge: whatever is there is what visitors would get.
  const there = shared === undefined ? undefined : await lookAt(run, file, shared);
  if (there !== undefined) return there;
  const own = keyOf(build, file);
  return trusted.has(own) ? 'trusted' : placeAt(run, file, own);
}

/** A name may be taken when it is asked for and free again when it is looked at: a collection is deleting. */
const TRIES = 3;

async function placeAt(run: FileRun, file: ManifestFile, key: string): Promise<Placed> {
  let isTaken = run.expects.taken || run.expected.has(key);
  for (let tries = 0; tries < TRIES; tries++) {
    const there = isTaken ? await lookAt(run, file, key) : undefined;
    if (there !== undefined) return there;
    const sent = await send(run, file, key);
    isTaken = sent === 'taken';
    run.expects.taken = isTaken;
    if (sent !== 'taken') return sent;
  }
  throw new Error(`${key} is taken, and is gone: something deletes objects`);
}

async function send(
  run: FileRun,
  file: ManifestFile,
  key: string,
): Promise<'created' | 'copied' | 'taken'> {
  const { build, store, keep, read, copies } = run;
  if (isLarge(file)) return (await sendLarge(run, file, key)) ? 'created' : 'taken';
  await keep();
  const copied = await copies.make(file);
  if (copied !== 'unknown') return copied ? 'copied' : 'taken';
  const upload = { key, sha256: file.sha256, ...headersOf(build, file) };
  const { created } = await store.create({ ...upload, body: await read(file) });
  return created ? 'created' : 'taken';
}

/** It may take longer than a lease lasts. */
function sendLarge(run: FileRun, file: LargeFile['file'], key: string): Promise<boolean> {
  const { build, store, keep, open, sent } = run;
  const readPart = open(file);
  const read: ReadPart = async (start, end) => {
    await keep();
    return readPart(start, end);
  };
  return createLargeFile({ build, file, store, read, progress: sent }, key);
}

/** undefined: nothing is there. */
async function lookAt(
  { build, store, open, keep }: Run,
  file: ManifestFile,
  key: string,
): Promise<'found' | Clash | undefined> {
  await keep();
  const stored = await store.describe(key);
  if (stored === undefined) return undefined;
  const sha256 = await hashStored({ file, store, read: open(file) }, key, stored);
  return findClash(build, file, { ...stored, key, sha256 }) ?? 'found';
}
