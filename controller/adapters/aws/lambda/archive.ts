import { createHash } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';

/**
 * The archive of a function. The same code gives the same bytes on every machine: nothing is
 * compressed, because zlib's output differs between its versions, and the time is always the same.
 */
export function archiveCode(code: string, file = 'index.js'): Uint8Array {
  const mtime = new Date(1980, 0, 1);
  return zipSync({ [file]: [strToU8(code), { level: 0, mtime }] });
}

/** As Lambda counts it: base64 SHA-256 of the archive. */
export function digestArchive(archive: Uint8Array): string {
  return createHash('sha256').update(archive).digest('base64');
}
