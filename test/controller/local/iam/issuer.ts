import { generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';

export const GITHUB = 'https://token.actions.githubusercontent.com';

export interface Issuer {
  /** For the `issuers` of a cloud. */
  readonly issuers: Readonly<Record<string, { readonly keys: readonly JsonWebKey[] }>>;
  /** A token as GitHub gives it to a job; `claims` may change any of it. */
  issue(sub: string, claims?: Readonly<Record<string, unknown>>): string;
}

/** Signs tokens in GitHub's name, with a key of its own. */
export function createIssuer(url = GITHUB): Issuer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = 'key-1';
  const key = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  return {
    issuers: { [url]: { keys: [key] } },
    issue(sub, claims = {}) {
      const now = Math.floor(Date.now() / 1000);
      const times = { nbf: now - 60, iat: now, exp: now + 300 };
      const body = { iss: url, aud: 'sts.amazonaws.com', sub, ...times, ...claims };
      const text = [{ alg: 'RS256', typ: 'JWT', kid }, body]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
  };
}
