/** How a file too large for one request is sent. Pure arithmetic of its size, so that two runners make the same object. */

const MIB = 2 ** 20;

/** Bytes. S3 takes up to 5 GiB in one request; below this a file costs one request and is held in memory whole. */
const LARGE_FROM = 64 * MIB;

/** Bytes: 5 MiB to 5 GiB, and at most 10,000 parts (documented). */
const PART = 16 * MIB;
const MOST_PARTS = 10_000;

/** Bytes per part; undefined: in one request. 2 GiB: 128 parts of 16 MiB. */
export function partSizeOf(size: number): number | undefined {
  if (size < LARGE_FROM) return undefined;
  let part = PART;
  while (size > part * MOST_PARTS) part *= 2;
  return part;
}
