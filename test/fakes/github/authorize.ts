import { verify } from 'node:crypto';
import { Refusal, type Endpoint } from './endpoint.ts';
import type { State, Token } from './state.ts';

const TEN_MINUTES = 600;
const CLOCK_SKEW = 60;

/** Who asks; 401 when nobody we know. A JWT of an App is asked for by the few endpoints that are an App's own. */
export function authenticate(
  header: string | undefined,
  needs: readonly string[],
  state: State,
): Token {
  const [, kind = '', value = ''] = /^(\S+) (.+)$/.exec(header ?? '') ?? [];
  if (needs.includes('app')) {
    if (kind.toLowerCase() !== 'bearer') {
      throw new Refusal(401, 'A JSON web token could not be decoded');
    }
    return { identity: readJwt(value, state), permissions: {}, expires: undefined };
  }
  const token = /^(token|bearer)$/i.test(kind) ? state.tokens.get(value) : undefined;
  if (token === undefined || (token.expires !== undefined && token.expires < state.now())) {
    throw new Refusal(401, 'Bad credentials');
  }
  return token;
}

/** A private repository: who may not even read gets the same 403 as who may not write. */
export function authorize({ permissions, identity }: Token, { needs }: Endpoint): void {
  if (needs.includes('app')) return;
  if (needs.includes('user')) {
    if (identity.app === undefined) return;
    throw notAccessible(needs);
  }
  if (permissions === undefined) return;
  const granted: Readonly<Record<string, string>> = { metadata: 'read', ...permissions };
  const allowed = needs.some((need) => {
    const [name = '', level] = need.split('=');
    return granted[name] === level || granted[name] === 'write';
  });
  if (!allowed) throw notAccessible(needs);
}

export function notAccessible(needs: readonly string[]): Refusal {
  return new Refusal(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': needs.join('; ') },
  });
}

function readJwt(jwt: string, { apps, now }: State): Token['identity'] {
  const [head = '', claims = '', signature = ''] = jwt.split('.');
  const undecodable = new Refusal(401, 'A JSON web token could not be decoded');
  if (signature === '') throw undecodable;
  const { alg } = decode(head) as { alg?: string };
  const { iss, iat, exp } = decode(claims) as Partial<Record<'iss' | 'iat' | 'exp', number>>;
  const app = apps.find(({ identity }) => String(identity.app.id) === String(iss));
  if (app === undefined) throw new Refusal(401, 'Integration not found');
  const signed = Buffer.from(`${head}.${claims}`);
  const bytes = Buffer.from(signature, 'base64url');
  if (alg !== 'RS256' || !verify('RSA-SHA256', signed, app.publicKey, bytes)) throw undecodable;
  const seconds = now().getTime() / 1000;
  if (exp === undefined || exp < seconds || exp > seconds + TEN_MINUTES + CLOCK_SKEW) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (iat === undefined || iat > seconds + CLOCK_SKEW) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  return app.identity;
}

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
