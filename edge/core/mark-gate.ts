import { readSlot } from './assign.ts';
import { FOR_A_YEAR, HIDDEN, makeCookie, SLOT_COOKIE } from './cookies.ts';
import type { Field } from './fields.ts';
import { ADMIT_COOKIE } from './gate.ts';
import type { Viewer } from './visitor.ts';

export interface GateMarks {
  /** Of the waiting page; undefined: admitted. */
  readonly status: number | undefined;
  readonly retryAfter: string;
  readonly cookies: Record<string, Field>;
}

/** What viewer-response does with what viewer-request told it: `<token> <seconds>` or `<status> <seconds>`. */
export function markGate(viewer: Viewer, told: string): GateMarks | undefined {
  const parts = told.split(' ');
  const word = parts[0] || '';
  const retryAfter = parts[1];
  if (!retryAfter) return undefined;
  const cookies: Record<string, Field> = {};
  if (word.indexOf('~') > 0) {
    cookies[ADMIT_COOKIE] = makeCookie(word, HIDDEN + '; Max-Age=' + retryAfter);
    return { status: undefined, retryAfter, cookies };
  }
  // Held visitors keep their lottery ticket: who reloads must not draw again.
  cookies[SLOT_COOKIE] = makeCookie(String(readSlot(viewer)), FOR_A_YEAR);
  return { status: +word, retryAfter, cookies };
}
