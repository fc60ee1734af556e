/**
 * Signed text that visitors carry: `1~<kind>~<kid>~<field>~...~<expiry seconds>~<mac>`.
 * The mac covers all bytes before it, and the app and environment they are for; every kind has a key of its own.
 */

/** Preview (build), priority (generation, person), gate session (slot, started in seconds). */
export type TokenKind = 'p' | 'v' | 's';

/** Derived keys by kid and kind. Newest first, and so no kid is an integer: JavaScript would sort those. */
export type KeyRing = Readonly<
  Record<string, Readonly<Record<TokenKind, string | undefined>> | undefined>
>;

/** base64url HMAC-SHA256; the runtime brings it. */
export type Mac = (key: string, text: string) => string;

export interface TokenKeys {
  /** `<app>~<environment>`. */
  readonly scope: string;
  readonly mac: Mac;
  /** Undefined: not fetched, or unreadable. No token is valid then. */
  ring?: KeyRing | undefined;
  /** Set when keys are needed. They cost a read of their own, so whoever asks may first go without. */
  wanted?: boolean;
}

export interface ExpectedToken {
  readonly kind: TokenKind;
  /** How many. */
  readonly fields: number;
  /** Seconds since the epoch. */
  readonly now: number;
}

export interface TokenToSign {
  readonly kind: TokenKind;
  /** One or more, each at most 64 characters: letters, digits, `.`, `_`, `-`. */
  readonly fields: readonly (string | number)[];
  /** Seconds since the epoch. */
  readonly expiry: number;
}

const MAC_LENGTH = 43;

// Not `$` alone: njs lets it match before a line break at the end.
const SHAPE = /^1(~[\w.-]{0,64})+~\d{1,10}~[\w-]{43}$(?!\n)/;

/** Its fields, then its expiry; undefined for every text that `signToken` didn't make for just this, or too long ago. */
export function readToken(
  text: string,
  expected: ExpectedToken,
  keys: TokenKeys,
): readonly string[] | undefined {
  const parts = text.split('~');
  const expiry = expected.fields + 3;
  return SHAPE.test(text) &&
    parts[1] === expected.kind &&
    parts.length === expiry + 2 &&
    +(parts[expiry] as string) > expected.now &&
    isSame(text.slice(-MAC_LENGTH), seal(keys, text.slice(0, -MAC_LENGTH)))
    ? parts.slice(3, -1)
    : undefined;
}

/** With the newest key. Undefined without any, empty when it can't sign this kind. */
export function signToken(token: TokenToSign, keys: TokenKeys): string | undefined {
  keys.wanted = true;
  for (const kid in keys.ring) {
    const text = `1~${token.kind}~${kid}~${token.fields.join('~')}~${token.expiry}~`;
    const mac = seal(keys, text);
    return mac && text + mac;
  }
  return undefined;
}

/** The mac of a token's text up to it; empty when the key it names is not live. */
function seal(keys: TokenKeys, text: string): string {
  keys.wanted = true;
  const parts = text.split('~');
  const derived = keys.ring && keys.ring[parts[2] as string];
  const key = derived && derived[parts[1] as TokenKind];
  return key ? keys.mac(key, 'headgate~' + keys.scope + '~' + text) : '';
}

/** In a time that does not depend on how much of it is right. */
function isSame(given: string, expected: string): boolean {
  let difference = 0;
  for (let index = MAC_LENGTH; index--;) {
    difference |= given.charCodeAt(index) ^ expected.charCodeAt(index);
  }
  return !difference;
}
