import { createECDH, createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { SignatureV4a } from '@aws-sdk/signature-v4a';
import { expect, it, vi } from 'vitest';
import { signNatively } from '../../../../../controller/adapters/aws/keyvaluestore/native-signature.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' };

class Sha256 {
  readonly #hash;
  constructor(secret?: Uint8Array) {
    this.#hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  reset(): void {}
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

it("puts a signature of the SDK's own key over the SDK's own text into the request", async () => {
  signNatively();
  const { prototype } = SignatureV4a as unknown as {
    prototype: { getSignature(key: Uint8Array, text: string): Promise<string> };
  };
  const signed = vi.spyOn(prototype, 'getSignature');
  const init = { credentials: CREDENTIALS, region: '*', service: 'example', sha256: Sha256 };
  const request = { method: 'GET', protocol: 'https:', hostname: 'a.example', path: '/' };
  const { headers } = (await new SignatureV4a(init as never).sign(
    { ...request, headers: { host: 'a.example' }, query: {} },
    {},
  )) as { headers: Record<string, string> };
  const [key = new Uint8Array(), text = ''] = signed.mock.calls[0] ?? [];
  expect(text).toMatch(/^AWS4-ECDSA-P256-SHA256\n/);
  const signature = /Signature=(\w+)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';
  const bytes = Buffer.from(signature, 'hex');
  expect(verify('sha256', Buffer.from(text), publicKeyOf(key), bytes)).toBe(true);
  expect(verify('sha256', Buffer.from(`${text}.`), publicKeyOf(key), bytes)).toBe(false);
});

function publicKeyOf(privateKey: Uint8Array) {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(privateKey);
  const prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
  const key = Buffer.concat([prefix, curve.getPublicKey()]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}
