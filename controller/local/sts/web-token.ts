import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { ServiceError } from '../service.ts';

/** What a token says; anything else in it is none of ours. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
}

/** The keys of issuers of tokens, as each publishes them: by the URL in `iss`. */
export type Issuers = Readonly<Record<string, { readonly keys: readonly JsonWebKey[] }>>;

/** Reads a token signed with RS256 by an issuer whose keys are known. Throws InvalidIdentityToken, ExpiredTokenException. */
export function readToken(token: string, issuers: Issuers, now: Date): Claims {
  const [head = '', body = '', signature = '', ...rest] = token.split('.');
  if (signature === '' || rest.length > 0)
    throw invalidToken('The ID Token provided is not a valid JWT.');
  const { alg, kid } = parse(head);
  const claims = parse(body);
  const { iss, sub, aud, exp, nbf } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') {
    throw invalidToken('Missing a required claim: iss, sub or exp');
  }
  if (alg !== 'RS256') throw invalidToken('Unsupported token signing algorithm');
  const keys = issuers[iss]?.keys ?? [];
  const key = keys.find((one) => kid === undefined || one['kid'] === kid);
  if (key === undefined) {
    throw invalidToken("Couldn't retrieve verification key from your identity provider");
  }
  const signed = Buffer.from(`${head}.${body}`);
  const publicKey = createPublicKey({ format: 'jwk', key });
  if (!verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))) {
    throw invalidToken('Token signature verification failed');
  }
  checkTime({ exp, nbf }, now.getTime() / 1000);
  return { iss, sub, aud: [aud].flat().map(String), exp };
}

function checkTime(times: { readonly exp: number; readonly nbf: unknown }, now: number): void {
  if (now >= times.exp) {
    const message = `Token expired: current date/time ${Math.floor(now)} must be before the expiration date/time ${times.exp}`;
    throw new ServiceError(400, 'ExpiredTokenException', message);
  }
  // A few minutes between two clocks are nothing to refuse a token for.
  if (typeof times.nbf === 'number' && times.nbf > now + 300) {
    throw invalidToken('Token not yet valid');
  }
}

function parse(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidToken('The ID Token provided is not a valid JWT.');
}

export function invalidToken(message: string): ServiceError {
  return new ServiceError(400, 'InvalidIdentityToken', message);
}
