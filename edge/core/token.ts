/**
 * Signed text that visitors carry: `1~<kind>~<kid>~<field>~...~<expiry seconds>~<mac>`.
 * The mac covers all bytes before it, and the app and environment they are for; every kind has a key of its own.
 */

/** Preview (build), priority (generation, person), gate session (slot, started in seconds). */
export type TokenKind = 'p' | 'v' | 's';

/** Derived keys by kid and kind. The first one signs, so no kid is an integer: JavaScript would sort those. */
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
  /**
   * Set when keys are needed. They cost a read of their own, so whoever asks may first go without, and
   * once more, with `wanted` as it was left, when they are there or can't be had.
   */
  wanted?: boolean;
}

/** Who presents a token, and when. */
export interface Bearer {
  /** Seconds since the epoch. */
  readonly now: number;
  readonly keys?: TokenKeys;
}

export interface TokenToSign {
  readonly kind: TokenKind;
  /** One or more, each at most 64 characters: letters, digits, `.`, `_`, `-`. */
  readonly fields: readonly (string | number)[];
  /** Seconds since the epoch. */
  readonly expiry: number;
}

/** Its fields, then its expiry; undefined for every text that `signToken` didn't make for just this, or too long ago. */
export function readToken(
  text: string,
  kind: TokenKind,
  bearer: Bearer,
): readonly string[] | undefined {
  const keys = bearer.keys as TokenKeys;
  const parts = text.split('~');
  parts.pop();
  const isCurrent =
    text.indexOf(`1~${kind}~`) === 0 && +(parts[parts.length - 1] as string) > bearer.now;
  const sealed = isCurrent && seal(parts, keys);
  // Not the texts but macs of them, so that the time says nothing about how much of the text is right.
  return sealed && keys.mac(sealed, text) === keys.mac(sealed, sealed) ? parts.slice(3) : undefined;
}

/** With the first key. Undefined without any, empty when it can't sign this kind. */
export function signToken(token: TokenToSign, keys: TokenKeys): string | undefined {
  const start: TokenPart[] = ['1', token.kind, nameKey(keys)];
  return seal(start.concat(token.fields, token.expiry), keys);
}

/** The kid of the key that signs. */
export function nameKey(keys: TokenKeys): string | undefined {
  return Object.keys(keys.ring || {})[0];
}

export type TokenPart = string | number | undefined;

/** The whole token of its parts up to the mac; empty or undefined when the key that they name is not live. */
export function seal(parts: readonly TokenPart[], keys: TokenKeys): string | undefined {
  keys.wanted = true;
  const derived = keys.ring && keys.ring[parts[2] as string];
  const key = derived && derived[parts[1] as TokenKind];
  const text = parts.join('~') + '~';
  return key && text + keys.mac(key, 'headgate~' + keys.scope + '~' + text);
}
