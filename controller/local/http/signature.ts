import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Authorization, Credential, Refusal } from './authorization.ts';
import { verifyAsymmetric } from './signature-v4a.ts';

/** A request as it came over the wire: nothing decoded, so that signatures can be recomputed. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const MAX_SKEW_MILLISECONDS = 15 * 60 * 1000;

/** What a signature is held against. */
export interface Expected {
  /** Of the access key that the request names. */
  readonly credential: Credential;
  readonly now: Date;
}

/** Why the signature is not accepted; undefined: it is. */
export function checkSignature(
  authorization: Authorization,
  request: RawRequest,
  { credential, now }: Expected,
): Refusal | undefined {
  if (!authorization.signedHeaders.includes('host')) return 'malformed';
  const time = request.headers['x-amz-date'] ?? '';
  if (!time.startsWith(authorization.date)) return 'malformed';
  const skew = Math.abs(now.getTime() - parseTime(time));
  if (Number.isNaN(skew)) return 'malformed';
  if (skew > MAX_SKEW_MILLISECONDS) return 'clock-skew';
  const text = [
    authorization.algorithm,
    time,
    authorization.scope,
    hash(canonicalRequest(authorization, request)),
  ].join('\n');
  const valid =
    authorization.algorithm === 'AWS4-HMAC-SHA256'
      ? isSigned(authorization, text, credential.secret)
      : isSignedForAll(authorization, text, credential);
  if (!valid) return 'wrong-signature';
  if (credential.token === undefined) return undefined;
  if (request.headers['x-amz-security-token'] !== credential.token) return 'wrong-token';
  return now.getTime() < (credential.expires ?? Infinity) ? undefined : 'expired';
}

function isSignedForAll(
  { signature }: Authorization,
  text: string,
  { accessKey, secret }: Credential,
): boolean {
  return verifyAsymmetric({ key: accessKey, secret }, text, signature);
}

function isSigned(authorization: Authorization, text: string, secret: string): boolean {
  const signingKey = [
    authorization.date,
    authorization.region,
    authorization.service,
    'aws4_request',
  ].reduce<string | Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    `AWS4${secret}`,
  );
  const expected = createHmac('sha256', signingKey).update(text).digest();
  const given = Buffer.from(authorization.signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function canonicalRequest(authorization: Authorization, request: RawRequest): string {
  const headers = authorization.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}\n`,
  );
  const s3 = authorization.service === 's3';
  return [
    request.method,
    // S3 signs the path as it is sent; every other service normalises and encodes it once more.
    s3 ? request.path : encodePath(request.path),
    canonicalQuery(request.rawQuery),
    headers.join(''),
    authorization.signedHeaders.join(';'),
    // S3 alone lets a client leave its body unsigned; the promise is checked when the body is opened.
    (s3 ? request.headers['x-amz-content-sha256'] : undefined) ?? hash(request.body),
  ].join('\n');
}

function encodePath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.join('/')}${end}`;
}

function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return '';
  return (
    rawQuery
      .split('&')
      .map((pair) => {
        const [name = '', ...value] = pair.split('=');
        return [name, value.join('=')].map((part) => encode(decodeURIComponent(part)));
      })
      // By name first: as whole strings `a-b=` would sort before `a=`. A space sorts before both.
      .map((pair) => pair.join(' '))
      .toSorted()
      .map((pair) => pair.replace(' ', '='))
      .join('&')
  );
}

/** RFC 3986: encodeURIComponent leaves five characters that AWS encodes. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20261122T013000Z` to milliseconds; NaN when it isn't such a time. */
function parseTime(time: string): number {
  return Date.parse(
    time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
}

function hash(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
