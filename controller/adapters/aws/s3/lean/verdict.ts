import { KEY_CONDITION, NO_COPIES } from '../copy-object.ts';
import type { Answer } from './send.ts';

/** What one answer to a create or a copy means. */
export type Verdict =
  | Settled
  /** Worth another try; `slow`: because S3 has too much to do. */
  | { readonly kind: 'again'; readonly slow: boolean; readonly error: Error }
  /** Worth one more when that is put right. */
  | { readonly kind: 'mend'; readonly what: Mend; readonly error: Error }
  | { readonly kind: 'failed'; readonly error: Error };

export type Settled =
  /** `sha256`: base64, of a copy. */
  | { readonly kind: 'created'; readonly etag: string; readonly sha256?: string | undefined }
  | { readonly kind: 'taken' }
  /** The source of a copy. */
  | { readonly kind: 'changed' };

export type Mend = 'clock' | 'credentials' | 'region';

const SLOW = /^(SlowDown|Throttl|TooManyRequests|RequestLimitExceeded|BandwidthLimitExceeded)/;
const PASSING = /^(InternalError|ServiceUnavailable|RequestTimeout$|ConditionalRequestConflict)/;
const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504]);
const REDIRECTS = new Set([301, 307, 400]);
const RESET = /^(ECONN(RESET|ABORTED)|EPIPE|ETIMEDOUT|EAI_AGAIN)$/;

/** `region`: the one that was asked. */
export function judgeAnswer(answer: Answer, region: string): Verdict {
  const { status, headers, body } = answer;
  const etag = headers.etag?.replaceAll('"', '');
  // S3 may find out what is wrong after it has begun to answer: then an error comes with 200.
  if (status === 200 && !body.includes('<Error>')) {
    return etag
      ? { kind: 'created', etag }
      : { kind: 'failed', error: describe(answer, 'no ETag') };
  }
  if (status === 412) return { kind: 'taken' };
  const error = describe(answer);
  const slow = isSlow(error.name, status);
  if (slow || PASSING.test(error.name) || PASSING_STATUS.has(status)) {
    return { kind: 'again', slow, error };
  }
  const what = findMend(error.name, answer, region);
  return what ? { kind: 'mend', what, error } : { kind: 'failed', error };
}

/** Of a copy, whose ETag and checksum are in the body. Two conditions may fail: that on the key, or that on the source. */
export function judgeCopy(answer: Answer, region: string): Verdict {
  const { status, body } = answer;
  if (status === 412 && readTag(body, 'Condition') !== KEY_CONDITION) return { kind: 'changed' };
  if (status === 404 && readTag(body, 'Code') === 'NoSuchKey') return { kind: 'changed' };
  if (status === NO_COPIES) return { kind: 'changed' };
  const etag = /<ETag>(?:"|&quot;|&#34;)?([^<&"]+)/.exec(body)?.[1];
  if (status !== 200 || etag === undefined) return judgeAnswer(answer, region);
  return { kind: 'created', etag, sha256: readTag(body, 'ChecksumSHA256') };
}

/** S3 asks for fewer requests at once. */
export function isSlow(name: string, status: number): boolean {
  return SLOW.test(name) || status === 503 || status === 429;
}

function findMend(name: string, { status, headers }: Answer, region: string): Mend | undefined {
  if (name === 'RequestTimeTooSkewed') return 'clock';
  if (name === 'ExpiredToken' || name === 'TokenRefreshRequired') return 'credentials';
  const elsewhere = headers['x-amz-bucket-region'] ?? region;
  return REDIRECTS.has(status) && elsewhere !== region ? 'region' : undefined;
}

/** A request without an answer may have been carried out: another try then finds the key taken, by these bytes. */
export function judgeSilence(error: Error): Verdict {
  const code = 'code' in error ? String(error.code) : '';
  const passing = error.name === 'TimeoutError' || RESET.test(code);
  return passing ? { kind: 'again', slow: false, error } : { kind: 'failed', error };
}

/** An error as the SDK would throw it, so that it is explained alike. */
function describe({ status, headers, body }: Answer, missing?: string): Error {
  const name = readTag(body, 'Code') ?? '';
  const message = missing
    ? `Deserialization error: ${missing}`
    : (readTag(body, 'Message') ?? `HTTP ${status}`);
  return Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: status },
    $response: { statusCode: status, headers },
    ...(readTag(body, 'Region') && { Region: readTag(body, 'Region') }),
  });
}

function readTag(xml: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
}
