import type { Gate } from '../contract/route.ts';
import { answer } from './answer.ts';
import { mix, readSlot } from './assign.ts';
import type { Decision } from './decide.ts';
import { readField } from './fields.ts';
import { isProtected } from './protected-path.ts';
import type { ReadableRoute } from './read-route.ts';
import { encodePath } from './rewrite.ts';
import { nameKey, readToken, seal } from './token.ts';
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
  const headers = visitor.headers;
  if (gate.bypass && gate.bypass.some((name) => headers[name])) return undefined;
  visitor.told = admit(gate, visitor);
  if (visitor.told !== false) return undefined;
  if (
    isNavigation(headers) &&
    /GET|HEAD/.test(visitor.method as string) &&
    // Android's web views send their own name. No RegExp: in njs one that doesn't match is dear.
    readField(headers, 'x-requested-with').indexOf('XML') < 0
  ) {
    visitor.told = gate.status + ' ' + RETRY_AFTER;
    return { uri: '/' + route.app + '/pages' + encodePath(gate.page) };
  }
  const refusal = answer(429, '{"gate":"wait"}');
  refusal.headers['retry-after'] = { value: RETRY_AFTER };
  refusal.headers[GATE_HEADER] = { value: 'wait' };
  return refusal;
}

/**
 * Who may pass: false holds the visitor; a text lets them in: empty, or the session to give
 * them, `<token> <seconds it lives>`. Without keys that it misses, false, until it is asked again.
 */
export function admit(gate: Gate, visitor: Visitor): string | false {
  const now = visitor.now;
  const cookies = visitor.cookies;
  const keys = visitor.keys as TokenKeys;
  const again = keys.wanted;
  // Judged anew with every request, so that a revocation is felt at once. Without `since` nothing is below it.
  const priority = gate.priority && readToken(readField(cookies, gate.priority), 'v', visitor);
  if (priority && !(+(priority[0] as string) < (gate.since as number))) return '';
  const session = readToken(readField(cookies, ADMIT_COOKIE), 's', visitor);
  const slot = readSlot(visitor);
  // Slot, start, expiry. An admitted visitor stays, whatever the rate is now, and whether or not the gate is open.
  const fields =
    session && +(session[1] as string) + gate.cap > now
      ? session
      : gate.open && mix(slot, gate.salt) % 10000 < gate.rate && [slot, now, 0];
  // Presented, and nobody can tell whether it is good. Without `until` it is never before it.
  if (!fields) return !!again && !keys.ring && now < (gate.until as number) && '';
  const left = Math.min(gate.idle, +(fields[1] as string) + gate.cap - now);
  // It ends `idle` seconds after the last request, or up to a tenth sooner: so most requests needn't sign.
  if (+(fields[2] as string) - now > left * 0.9) return '';
  const parts = ['1', 's', nameKey(keys), fields[0], fields[1], now + left] as const;
  const token = seal(parts, keys);
  return token ? token + ' ' + left : !!again && '';
}
