import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A new opaque ETag or id in the form CloudFront uses: a prefix and 13 capitals and digits. */
export function newTag(prefix: string): string {
  const letters = Array.from({ length: 13 }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return prefix + letters.join('');
}
