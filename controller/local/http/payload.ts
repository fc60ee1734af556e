import { createHash } from 'node:crypto';
import { ServiceError } from '../service.ts';

type Headers = Readonly<Record<string, string>>;

/** The body as the service should see it, with trailing headers merged into the headers. */
export interface Payload {
  readonly body: Buffer;
  readonly headers: Headers;
}

/**
 * Holds the body against what `x-amz-content-sha256` promises and takes the aws-chunked framing
 * off. Throws XAmzContentSHA256Mismatch, IncompleteBody or NotImplemented.
 */
export function openPayload(headers: Headers, body: Buffer): Payload {
  const promised = headers['x-amz-content-sha256'];
  switch (promised) {
    case undefined:
    case 'UNSIGNED-PAYLOAD':
      return { body, headers };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return decodeChunks(headers, body);
    default:
  }
  if (promised.startsWith('STREAMING-')) {
    throw new ServiceError(
      501,
      'NotImplemented',
      `Payloads of kind ${promised} are not supported.`,
    );
  }
  if (promised !== createHash('sha256').update(body).digest('hex')) {
    throw new ServiceError(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return { body, headers };
}

/** `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n` is "hello" and one trailing header. */
function decodeChunks(headers: Headers, framed: Buffer): Payload {
  const parts: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = framed.indexOf('\r\n', position);
    const size = Number.parseInt(framed.toString('latin1', position, lineEnd), 16);
    const start = lineEnd + 2;
    if (lineEnd < 0 || Number.isNaN(size) || start + size > framed.length) throw incomplete();
    position = start + size;
    if (size === 0) break;
    parts.push(framed.subarray(start, position));
    position += 2;
  }
  const body = Buffer.concat(parts);
  if (body.length !== Number(headers['x-amz-decoded-content-length'])) throw incomplete();
  const { 'content-encoding': encodings = '', ...others } = headers;
  const encoding = encodings.replace(/^aws-chunked(, *)?/, '');
  return {
    body,
    headers: {
      ...others,
      ...(encoding === '' ? {} : { 'content-encoding': encoding }),
      ...readTrailers(framed.toString('latin1', position)),
    },
  };
}

function readTrailers(text: string): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return trailers;
}

function incomplete(): ServiceError {
  return new ServiceError(
    400,
    'IncompleteBody',
    'The body ends early or its length differs from the one announced.',
  );
}
