import { createHash } from 'node:crypto';
import { UsageError } from '../../core/errors.ts';
import { headersOf } from '../../core/publish/layout.ts';
import type { Manifest, ManifestFile } from '../../core/state/manifest.ts';
import type { Context } from '../../ports/context.ts';
import type { LargeUpload, StoredObject, UploadStore } from '../../ports/upload-store.ts';

/** Reads parts of a file: [start, end). */
export type ReadPart = LargeUpload['read'];

/**
 * Reads a file part by part, in order; refuses one that was written since it was hashed, at its last part at the
 * latest: before that nothing is completed.
 */
export function openUnchanged(
  directory: string,
  { path, size, sha256 }: Pick<ManifestFile, 'path' | 'size' | 'sha256'>,
  { files }: Pick<Context, 'files'>,
): ReadPart {
  let hash = createHash('sha256');
  let position = 0;
  return async (start, end) => {
    if (start === 0) [hash, position] = [createHash('sha256'), 0];
    if (start !== position) throw new Error(`${path}: read at ${start} after ${position}`);
    const bytes = await files.readRange(`${directory}/${path}`, start, end);
    hash.update(bytes);
    position = end;
    const isShort = bytes.byteLength !== end - start;
    if (isShort || (end === size && hash.digest('hex') !== sha256)) throw changed(path);
    return bytes;
  };
}

function changed(path: string): UsageError {
  return new UsageError(
    `${path} changed while it was being published.`,
    'Wait until whatever writes the directory is done, then run it again.',
  );
}

/** A file of parts, and where it goes. */
export interface LargeFile {
  readonly build: Manifest;
  readonly file: ManifestFile & { readonly partSize: number };
  readonly store: UploadStore;
  readonly read: ReadPart;
  /** Called after each part that is in place, with its bytes. */
  readonly progress: (bytes: number) => void;
}

/** Whether the object was created; false: the key is taken. */
export async function createLargeFile(large: LargeFile, key: string): Promise<boolean> {
  const { build, file, store, read, progress } = large;
  const { size, partSize, sha256 } = file;
  const headers = headersOf(build, file);
  const upload = { key, size, partSize, sha256, ...headers, read, progress };
  return (await store.createLarge(upload)).created;
}

export function isLarge(file: ManifestFile): file is LargeFile['file'] {
  return file.partSize !== undefined;
}

/** Parts that the engines have in memory at once. */
const PARTS_AT_ONCE = 4;

/** Bytes in memory while a file is sent. */
export function weigh(file: ManifestFile): number {
  return isLarge(file) ? Math.min(file.size, PARTS_AT_ONCE * file.partSize) : file.size;
}

/**
 * Hex SHA-256 of what is stored under a key. Of what was sent in parts S3 knows only the hash of their hashes, so the
 * same is made of the local file: reading that is cheaper than downloading the other.
 */
export async function hashStored(
  { file, store, read }: Pick<LargeFile, 'store' | 'read'> & { readonly file: ManifestFile },
  key: string,
  stored: StoredObject,
): Promise<string> {
  if (stored.sha256 !== undefined) return stored.sha256;
  if (isLarge(file) && stored.partsSha256 !== undefined && stored.size === file.size) {
    if ((await hashParts(file, read)) === stored.partsSha256) return file.sha256;
  }
  return (await hashStream(store, key)) ?? '';
}

/** Hex; undefined: there is no such object. */
export async function hashStream(
  store: Pick<UploadStore, 'stream'>,
  key: string,
): Promise<string | undefined> {
  const stream = await store.stream(key);
  if (stream === undefined) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

async function hashParts({ size, partSize }: LargeFile['file'], read: ReadPart): Promise<string> {
  const parts = createHash('sha256');
  for (let start = 0; start < size; start += partSize) {
    const bytes = await read(start, Math.min(start + partSize, size));
    parts.update(createHash('sha256').update(bytes).digest());
  }
  return parts.digest('hex');
}
