import type { LargeUpload, UploadStore } from '../../../../ports/upload-store.ts';
import { explain, headObject, outline, type Bucket } from '../objects.ts';
import {
  beginUpload,
  completeUpload,
  listParts,
  listUnfinished,
  sendPart,
  type StoredPart,
} from './calls.ts';
import { markerOf } from './marker.ts';
import { sendParts } from './send-parts.ts';

type Created = Awaited<ReturnType<UploadStore['createLarge']>>;

/** How often an upload may be lost to others: aborted, completed elsewhere, or refused for a conflict. */
const TRIES = 3;

/**
 * Creates an object in parts. One that another run began with the same bytes and headers is gone on with, on
 * whatever machine that was; one that is given up stays for the next run, and for a collection at last.
 */
export async function createLarge(bucket: Bucket, upload: LargeUpload): Promise<Created> {
  const { key } = upload;
  const lost = new Set<string>();
  for (let tries = 1; ; tries += 1) {
    // Before 2 GB are sent for nothing, and after another runner was first.
    if ((await headObject(bucket, key)) !== undefined) return { created: false };
    const attempt = { id: '' };
    try {
      return await tryOnce(bucket, upload, { lost, attempt });
    } catch (error) {
      const kind = whatIsLost(error);
      if (kind === undefined) throw error;
      if (tries === TRIES) throw explain(error, bucket, { action: 's3:PutObject', key });
      if (kind === 'upload') lost.add(attempt.id);
    }
  }
}

interface Attempt {
  /** Ids of uploads that are of no more use. */
  readonly lost: ReadonlySet<string>;
  readonly attempt: { id: string };
}

async function tryOnce(
  bucket: Bucket,
  upload: LargeUpload,
  { lost, attempt }: Attempt,
): Promise<Created> {
  const found = await findOurs(bucket, upload, lost);
  attempt.id = found?.id ?? (await beginUpload(bucket, upload));
  const open = { key: upload.key, id: attempt.id };
  if (found === undefined) await sendPart(bucket, open, markerOf(upload));
  const stored = found?.stored ?? new Map<number, StoredPart>();
  const parts = await sendParts({ bucket, upload, id: open.id, stored });
  const etag = await completeUpload(bucket, open, { size: upload.size, parts });
  // A marker is believed until there is something to look at: what was begun otherwise is not this object.
  const isOurs = found === undefined || (await hasHeaders(bucket, upload));
  return etag === undefined || !isOurs ? { created: false } : { created: true, etag };
}

async function hasHeaders(bucket: Bucket, upload: LargeUpload): Promise<boolean> {
  const head = await headObject(bucket, upload.key);
  const names = new Set(Object.keys({ ...head?.Metadata, ...upload.metadata }));
  return (
    head?.ContentType === upload.contentType &&
    head.CacheControl === upload.cacheControl &&
    [...names].every((name) => head.Metadata?.[name] === upload.metadata[name])
  );
}

/** The one with the most parts of those that were begun with these bytes and headers. */
async function findOurs(
  bucket: Bucket,
  upload: LargeUpload,
  lost: ReadonlySet<string>,
): Promise<{ id: string; stored: ReadonlyMap<number, StoredPart> } | undefined> {
  const { key } = upload;
  const marker = markerOf(upload);
  const unfinished = (await listUnfinished(bucket, key)).found.filter(
    (one) => one.key === key && !lost.has(one.id),
  );
  const listed = await Promise.all(
    unfinished.map(async ({ id }) => ({ id, stored: await listParts(bucket, key, id) })),
  );
  const ours = listed.flatMap(({ id, stored }) =>
    stored?.get(marker.number)?.sha256 === marker.sha256 ? [{ id, stored }] : [],
  );
  return ours.toSorted((a, b) => b.stored.size - a.stored.size)[0];
}

/** `part`: another runner sent one anew, and it has another ETag now; `upload`: it can't be completed any more. */
function whatIsLost(error: unknown): 'upload' | 'part' | undefined {
  const { name } = outline(error);
  if (name === 'InvalidPart') return 'part';
  // 409, documented: begin again and send each part once more.
  return name === 'NoSuchUpload' || name === 'ConditionalRequestConflict' ? 'upload' : undefined;
}
