import { makeCookie, PREVIEW_COOKIE } from './cookies.ts';
import type { Field } from './fields.ts';
import { readToken } from './token.ts';
import type { TokenKeys } from './token.ts';
import type { Visitor } from './visitor.ts';

/** The previewed build, for scripts, so that a page can show a badge. Says nothing to the edge. */
const BADGE_COOKIE = 'hg_preview_build';

/**
 * Sets what a link with this token leaves in the browser, all of it until the token ends; false for
 * texts that are no token. `off` clears it, whatever the policy says by now.
 */
export function setPreview(
  cookies: Record<string, Field>,
  text: string,
  visitor: Visitor,
): boolean {
  const now = visitor.now;
  const expected = { kind: 'p', fields: 1, now } as const;
  const token =
    text === 'off' ? [text, `${now}`] : readToken(text, expected, visitor.keys as TokenKeys);
  if (!token) return false;
  const lifetime = `; Max-Age=${+(token[1] as string) - now}`;
  const attributes = 'Path=/; Secure; SameSite=Lax' + lifetime;
  cookies[PREVIEW_COOKIE] = makeCookie(text, lifetime);
  cookies[BADGE_COOKIE] = { value: token[0] as string, attributes };
  return true;
}
