import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ServiceError } from '../service.ts';
import { errors } from './errors.ts';

type Headers = Readonly<Record<string, string>>;

const ALGORITHMS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  crc32: (body) => toBytes(crc32(body)),
  crc32c: (body) => toBytes(computeCrc32c(body)),
  sha1: (body) => createHash('sha1').update(body).digest(),
  sha256: (body) => createHash('sha256').update(body).digest(),
};

/** Holds the body against every checksum sent with it; returns the ones to store. */
export function verifyChecksums(headers: Headers, body: Buffer): Record<string, string> {
  verifyMd5(headers['content-md5'], body);
  const sent = Object.keys(headers)
    .filter((name) => /^x-amz-checksum-(?!mode$|algorithm$|type$)/.test(name))
    .map((name) => name.slice('x-amz-checksum-'.length));
  if (sent.length > 1) {
    throw errors.invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  const announced = headers['x-amz-sdk-checksum-algorithm']?.toLowerCase();
  if (announced !== undefined && announced !== sent[0]) {
    throw errors.invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  return Object.fromEntries(
    sent.map((name) => [name, verifyOne(name, headers[`x-amz-checksum-${name}`] ?? '', body)]),
  );
}

/** The checksum S3 computes itself when a copy asks for one. */
export function computeChecksum(algorithm: string, body: Buffer): string {
  const compute = ALGORITHMS[algorithm];
  if (compute === undefined) throw errors.notImplemented(`the checksum ${algorithm}`);
  return compute(body).toString('base64');
}

function verifyOne(name: string, value: string, body: Buffer): string {
  const expected = computeChecksum(name, body);
  if (value === expected) return value;
  if (value.length !== expected.length) {
    throw errors.invalidRequest(`Value for x-amz-checksum-${name} header is invalid.`);
  }
  throw new ServiceError(
    400,
    'BadDigest',
    `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
  );
}

function verifyMd5(sent: string | undefined, body: Buffer): void {
  if (sent === undefined || sent === createHash('md5').update(body).digest('base64')) return;
  const wellFormed = Buffer.from(sent, 'base64').length === 16;
  throw new ServiceError(
    400,
    wellFormed ? 'BadDigest' : 'InvalidDigest',
    'The Content-MD5 you specified did not match what we received.',
  );
}

function toBytes(checksum: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum);
  return bytes;
}

/** The Castagnoli polynomial, bit-reversed. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  }
  return remainder;
});

function computeCrc32c(body: Buffer): number {
  let remainder = 0xffffffff;
  for (const byte of body) {
    remainder = (remainder >>> 8) ^ (CRC32C_TABLE[(remainder ^ byte) & 0xff] ?? 0);
  }
  return (remainder ^ 0xffffffff) >>> 0;
}
