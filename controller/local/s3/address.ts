import { ServiceError } from '../service.ts';

const MAX_KEY_BYTES = 1024;

/** What a path-style path names; an empty bucket is the service, an empty key the bucket. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
}

/** `/bucket/a%2Bb` is the key `a+b` of `bucket`. */
export function parseAddress(path: string): Address {
  const slash = path.indexOf('/', 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  return { bucket, key: slash < 0 ? '' : decodeKey(path.slice(slash + 1)) };
}

/** Percent-decodes a key. S3 takes a literal `+` in a path for a space, as forms do. */
function decodeKey(encoded: string): string {
  let key: string;
  try {
    key = decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new ServiceError(400, 'InvalidURI', `Couldn't parse the specified URI.`);
  }
  const size = Buffer.byteLength(key);
  if (size <= MAX_KEY_BYTES) return key;
  throw new ServiceError(400, 'KeyTooLongError', 'Your key is too long', {
    Size: String(size),
    MaxSizeAllowed: String(MAX_KEY_BYTES),
  });
}
