import { createECDH, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { SignatureV4a } from '@aws-sdk/signature-v4a';

const CURVE = 'prime256v1';
const keyObjects = new Map<string, KeyObject>();

/**
 * Lets Node sign SigV4A. The SDK's own elliptic curve is in JavaScript and made anew for every request:
 * 25 ms each, and over 100 ms for the first one, where Node takes less than one. Everything else (key
 * derivation, what is signed) stays the SDK's. The method is private there: if it is renamed, the SDK's
 * own signature is used again, only slower, and the test beside this says so.
 */
export function signNatively(): void {
  Object.assign(SignatureV4a.prototype, {
    getSignature: (privateKey: Uint8Array, text: string) =>
      Promise.resolve(sign('sha256', Buffer.from(text), toKeyObject(privateKey)).toString('hex')),
  });
}

/** The same for all requests with the same credentials. */
function toKeyObject(privateKey: Uint8Array): KeyObject {
  const d = Buffer.from(privateKey).toString('base64url');
  const known = keyObjects.get(d) ?? createPrivateKey({ format: 'jwk', key: toJwk(privateKey, d) });
  // Credentials of a role change within the hour in what runs for long: the last are enough.
  keyObjects.clear();
  keyObjects.set(d, known);
  return known;
}

function toJwk(privateKey: Uint8Array, d: string) {
  const curve = createECDH(CURVE);
  curve.setPrivateKey(privateKey);
  // 4, then both coordinates, 32 bytes each.
  const point = curve.getPublicKey();
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  return { kty: 'EC', crv: 'P-256', d, x, y };
}
