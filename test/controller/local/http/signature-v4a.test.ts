import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4a } from '@aws-sdk/signature-v4a';
import { expect, test } from 'vitest';
import {
  LOCAL_CREDENTIAL,
  parseAuthorization,
} from '../../../../controller/local/http/authorization.ts';
import { checkSignature } from '../../../../controller/local/http/signature.ts';

const expected = () => ({ credential: LOCAL_CREDENTIAL, now: new Date() });

class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', Buffer.from(secret as Uint8Array));
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

async function sign(secretAccessKey: string) {
  const signer = new SignatureV4a({
    credentials: { accessKeyId: 'local', secretAccessKey },
    region: '*',
    service: 'cloudfront-keyvaluestore',
    sha256: Sha256,
  });
  const path = '/key-value-stores/arn%3Aaws%3Acloudfront%3A%3A0%3Akey-value-store%2F1/keys/a%20b';
  const { headers } = await signer.sign(
    {
      method: 'GET',
      protocol: 'http:',
      hostname: 'localhost',
      path,
      query: { NextToken: 'a+b/=' },
      headers: { host: 'localhost:1' },
    },
    {},
  );
  const request = {
    method: 'GET',
    path,
    rawQuery: 'NextToken=a%2Bb%2F%3D',
    headers: headers as Record<string, string>,
    body: Buffer.alloc(0),
  };
  return { request, authorization: parseAuthorization(lowerCase(request.headers)) };
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

test("the SDK's asymmetric signature is verified, not just looked at", async () => {
  const { request, authorization } = await sign('local');
  const raw = { ...request, headers: lowerCase(request.headers) };
  if (authorization === undefined) throw new Error('the header was not understood');
  expect(authorization).toMatchObject({ service: 'cloudfront-keyvaluestore', region: '*' });
  expect(checkSignature(authorization, raw, expected())).toBeUndefined();
  expect(checkSignature(authorization, { ...raw, method: 'PUT' }, expected())).toBe(
    'wrong-signature',
  );
});

test('another secret gives another key', async () => {
  const { request, authorization } = await sign('other');
  const raw = { ...request, headers: lowerCase(request.headers) };
  if (authorization === undefined) throw new Error('the header was not understood');
  expect(checkSignature(authorization, raw, expected())).toBe('wrong-signature');
});
