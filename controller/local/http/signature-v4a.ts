import { createECDH, createHmac, createPublicKey, verify, type KeyObject } from 'node:crypto';

const ORDER_MINUS_TWO = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fn;

export interface KeyPair {
  readonly key: string;
  readonly secret: string;
}

/** Checks a SigV4A signature (hex of DER) with the public key that belongs to the secret. */
export function verifyAsymmetric(pair: KeyPair, text: string, signature: string): boolean {
  return verify('sha256', Buffer.from(text), publicKeyOf(pair), Buffer.from(signature, 'hex'));
}

/**
 * AWS derives the P-256 key from the secret with the HMAC counter function of NIST SP 800-108,
 * counting up while the result is no valid private key (practically never).
 */
function publicKeyOf({ key, secret }: KeyPair): KeyObject {
  for (let counter = 1; counter < 255; counter += 1) {
    const digest = createHmac('sha256', `AWS4A${secret}`)
      .update(Buffer.from([0, 0, 0, 1]))
      .update('AWS4-ECDSA-P256-SHA256\0')
      .update(key)
      .update(Buffer.from([counter, 0, 0, 1, 0]))
      .digest('hex');
    const candidate = BigInt(`0x${digest}`);
    if (candidate <= ORDER_MINUS_TWO) return publicKeyFrom(candidate + 1n);
  }
  throw new Error('no P-256 key can be derived from this secret');
}

function publicKeyFrom(privateKey: bigint): KeyObject {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(privateKey.toString(16).padStart(64, '0'), 'hex');
  // Uncompressed point: one byte 04, then x and y of 32 bytes each.
  const point = curve.getPublicKey();
  return createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
}
