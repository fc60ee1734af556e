import { readSingle } from './fields.ts';
import { readToken } from './token.ts';
import type { TokenKeys, TokenKind } from './token.ts';
import type { Visitor } from './visitor.ts';

/** The token in the cookie of this name: see `readToken`. A cookie that is sent twice is none. */
export function readPresented(
  visitor: Visitor,
  kind: TokenKind,
  name: string,
): readonly string[] | undefined {
  const expected = { kind, fields: kind === 'p' ? 1 : 2, now: visitor.now };
  return readToken(readSingle(visitor.cookies, name), expected, visitor.keys as TokenKeys);
}
