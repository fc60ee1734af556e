import type { Gate } from '../contract/route.ts';
import { answer } from './answer.ts';
import { mix, readSlot } from './assign.ts';
import { SLOT_COOKIE } from './cookies.ts';
import type { Decision } from './decide.ts';
import { readField } from './fields.ts';
import { readPresented } from './presented-token.ts';
import { isProtected } from './protected-path.ts';
import type { ReadableRoute } from './read-route.ts';
import { encodePath } from './rewrite.ts';
import { signToken } from './token.ts';
import type { TokenKeys } from './token.ts';
import { isNavigation } from './visitor.ts';
import type { Visitor } from './visitor.ts';

/** The session of an admitted visitor. Browsers take `__Host-` cookies from this very host only. */
export const ADMIT_COOKIE = '__Host-hg_admit';

/** From viewer-request to viewer-response, and `wait` on what a held client that shows no page gets. */
export const GATE_HEADER = 'x-headgate-gate';

/** Seconds after which a held visitor may ask again. */
const RETRY_AFTER = '30';

/** What a held visitor gets instead of a protected path; undefined: nobody is held here. */
export function meetGate(
  route: ReadableRoute,
  visitor: Visitor,
  path: string,
): Decision | undefined {
  const gate = route.gate;
  if (!gate) return undefined;
  // Asked again when keys were missed, and dear.
  visitor.guarded = visitor.guarded || isProtected(gate, path);
  if (!visitor.guarded) return undefined;
  if (gate.bypass && gate.bypass.some((name) => visitor.headers[name])) return undefined;
  const admitted = admit(gate, visitor);
  visitor.told = admitted;
  if (admitted !== false) return undefined;
  if (
    isNavigation(visitor.headers) &&
    /^(GET|HEAD)$/.test(visitor.method as string) &&
    // Android's web views send their own name.
    !/XML/.test(readField(visitor.headers, 'x-requested-with'))
  ) {
    visitor.told = gate.status + ' ' + RETRY_AFTER;
    return { uri: '/' + route.app + '/pages' + encodePath(gate.page) };
  }
  const refusal = answer(429, '{"gate":"wait"}', ['content-type', 'application/json']);
  refusal.headers['retry-after'] = { value: RETRY_AFTER };
  refusal.headers[GATE_HEADER] = { value: 'wait' };
  return refusal;
}

/**
 * Who may pass: false holds the visitor; a text lets them in: empty, or the session to give
 * them, `<token> <seconds it lives>`.
 */
export function admit(gate: Gate, visitor: Visitor): string | false {
  const now = visitor.now;
  const keys = visitor.keys as TokenKeys;
  // Judged anew with every request, so that a revocation is felt at once.
  const priority = gate.priority && readPresented(visitor, 'v', gate.priority);
  if (priority && +(priority[0] as string) >= (gate.since || 0)) return '';
  const session = readPresented(visitor, 's', ADMIT_COOKIE);
  const slot = readSlot(readField(visitor.cookies, SLOT_COOKIE), visitor.requestId);
  // An admitted visitor stays, whatever the rate is now, and whether or not the gate is open.
  const fields =
    session && +(session[1] as string) + gate.cap > now
      ? session.slice(0, 2)
      : gate.open && mix(slot, gate.salt) % 10000 < gate.rate && [slot, now];
  if (fields) return giveSession(gate, visitor, fields);
  // Presented, and nobody can tell whether it is good.
  return !!keys.wanted && !keys.ring && now < (gate.until || 0) && '';
}

/** With every request, so that it ends `idle` seconds after the last, and `cap` after the first. Without keys they pass without. */
function giveSession(gate: Gate, visitor: Visitor, fields: readonly (string | number)[]): string {
  const lives = Math.min(gate.idle, +(fields[1] as string) + gate.cap - visitor.now);
  const expiry = visitor.now + lives;
  const token = signToken({ kind: 's', fields, expiry }, visitor.keys as TokenKeys);
  return token ? token + ' ' + lives : '';
}
