import type { S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { createHash } from 'node:crypto';
import type { Copy, Upload } from '../../../../ports/upload-store.ts';
import { sourceOf } from '../copy-object.ts';
import type { Put } from './send.ts';
import { encodeKey, type Target } from './target.ts';

/** Bytes of a body from which it pays to let S3 see the headers first, as the SDK does. */
const ASK_FIRST = 2 * 2 ** 20;

const NOTHING = new Uint8Array();
const HASH_OF_NOTHING = createHash('sha256').digest('hex');

/** Signs creates and copies with the SDK client's own credentials, which it renews before they expire, and its clock. */
export class Signer {
  readonly #client: S3Client;
  readonly #target: Target;
  readonly #signer: SignatureV4;

  constructor(client: S3Client, target: Target) {
    const { credentials, sha256 } = client.config;
    const { region, service } = target;
    this.#client = client;
    this.#target = target;
    // S3 signs a path as it is sent. The payload's hash is known: it is the manifest's.
    const fixed = { uriEscapePath: false, applyChecksum: false };
    this.#signer = new SignatureV4({ credentials, region, service, sha256, ...fixed });
  }

  async sign(wish: Upload | Copy, bucket: string): Promise<Put> {
    const { protocol, hostname } = this.#target;
    const path = this.#target.path + encodeKey(wish.key);
    const headers = this.#describe(wish, bucket);
    const body = 'source' in wish ? NOTHING : wish.body;
    const request = { method: 'PUT', protocol, hostname, path, query: {}, headers };
    const now = Date.now() + this.#client.config.systemClockOffset;
    const signed = await this.#signer.sign(request, { signingDate: new Date(now) });
    return { path, headers: signed.headers, body };
  }

  /** From now on signs with the time of an answer; the client's other requests do, too. */
  correctClock(date: string | undefined): void {
    const theirs = Date.parse(date ?? '');
    if (!Number.isNaN(theirs)) this.#client.config.systemClockOffset = theirs - Date.now();
  }

  #describe(wish: Upload | Copy, bucket: string): Record<string, string> {
    const { contentType, cacheControl, metadata } = wish;
    const { hostname, port } = this.#target;
    const named = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
    return {
      host: port === undefined ? hostname : `${hostname}:${port}`,
      'user-agent': 'headgate',
      'content-type': contentType,
      'cache-control': cacheControl,
      'if-none-match': '*',
      ...Object.fromEntries(named),
      ...('source' in wish ? describeSource(wish, bucket) : describeBody(wish)),
    };
  }
}

function describeBody({ body, sha256 }: Upload): Record<string, string> {
  return {
    'content-length': String(body.byteLength),
    ...(body.byteLength >= ASK_FIRST && { expect: '100-continue' }),
    'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64'),
    'x-amz-content-sha256': sha256,
  };
}

function describeSource({ source, etag }: Copy, bucket: string): Record<string, string> {
  return {
    'content-length': '0',
    'x-amz-checksum-algorithm': 'SHA256',
    'x-amz-content-sha256': HASH_OF_NOTHING,
    'x-amz-copy-source': sourceOf(bucket, source),
    'x-amz-copy-source-if-match': `"${etag}"`,
    'x-amz-metadata-directive': 'REPLACE',
  };
}
