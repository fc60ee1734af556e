import type { LargeUpload } from '../../../../ports/upload-store.ts';
import type { Bucket } from '../objects.ts';
import { sendPart, type StoredPart } from './calls.ts';
import { countParts, hashPart } from './marker.ts';

/** 64 MiB of bodies, with parts of 16 MiB. */
const IN_FLIGHT = 4;

interface Job {
  readonly bucket: Bucket;
  readonly upload: LargeUpload;
  readonly id: string;
  /** What S3 has already. */
  readonly stored: ReadonlyMap<number, StoredPart>;
}

/** Reads every part in order, and sends those that S3 doesn't have with these bytes. */
export async function sendParts({ bucket, upload, id, stored }: Job): Promise<StoredPart[]> {
  const { key, size, partSize } = upload;
  const parts: StoredPart[] = [];
  const failures: unknown[] = [];
  const sending = new Set<Promise<void>>();
  const send = async (number: number, body: Uint8Array): Promise<void> => {
    const sha256 = hashPart(body);
    const there = stored.get(number);
    const isThere = there?.sha256 === sha256;
    try {
      parts.push(isThere ? there : await sendPart(bucket, { key, id }, { number, body, sha256 }));
      upload.progress?.(body.byteLength);
    } catch (error) {
      failures.push(error);
    }
  };
  try {
    for (let number = 1; number <= countParts(upload) && failures.length === 0; number += 1) {
      const start = (number - 1) * partSize;
      const body = await upload.read(start, Math.min(start + partSize, size));
      const task = send(number, body).finally(() => sending.delete(task));
      sending.add(task);
      if (sending.size === IN_FLIGHT) await Promise.race(sending);
    }
  } finally {
    await Promise.all(sending);
  }
  if (failures.length > 0) throw failures[0];
  return parts.toSorted((a, b) => a.number - b.number);
}
