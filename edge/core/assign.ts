import { SLOTS } from '../contract/visitor-line.ts';
import { SLOT_COOKIE } from './cookies.ts';
import { readField } from './fields.ts';
import type { Viewer } from './visitor.ts';

/** Characters of a request id that a first slot is made of: 48 random bits. */
const ID_LENGTH = 8;

/**
 * A 32-bit unsigned integer that looks unrelated for every (slot, salt). A slot is in a canary when
 * `mix(slot, salt) % 10000 < weight`: raising the weight moves nobody back, another salt picks
 * other people.
 */
export function mix(slot: number, salt: number): number {
  // Scrambled on its own first: neighbouring generations must not pick related people.
  return scramble(Math.imul(slot, 0x9e3779b1) + scramble(salt));
}

/**
 * The slot in a visitor's cookie, or a first one from the request id: both functions see the same
 * id, so viewer-response gives the visitor the slot that viewer-request drew with.
 */
export function readSlot(viewer: Viewer): number {
  const cookie = readField(viewer.cookies, SLOT_COOKIE);
  let hash = +cookie >>> 0;
  if (hash < SLOTS && '' + hash === cookie) return hash;
  // CloudFront's ids are random from the start, and every character costs. `|`: an id may be shorter.
  for (let index = (hash = 0); index < ID_LENGTH; index++) {
    hash = Math.imul(hash, 31) + (viewer.id.charCodeAt(index) | 0);
  }
  return scramble(hash) % SLOTS;
}

/** Murmur3's finaliser: every bit of the input reaches every bit of the result. */
function scramble(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
