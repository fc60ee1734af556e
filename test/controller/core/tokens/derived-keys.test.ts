import { expect, it } from 'vitest';
import { deriveKeys, parseDerivedKeys } from '../../../../controller/core/tokens/derived-keys.ts';

const MASTERS = [
  { kid: 'kb', secret: 'newer' },
  { kid: 'ka', secret: 'older' },
];
const SHOP = { app: 'shop', environment: 'prod' };

it('gives every kind, key, app and environment a key of its own, none of them the master', () => {
  const scopes = [SHOP, { ...SHOP, environment: 'staging' }, { ...SHOP, app: 'checkout' }];
  const all = scopes.flatMap((scope) =>
    Object.values(deriveKeys(MASTERS, scope)).flatMap((keys) => Object.values(keys ?? {})),
  );
  expect(new Set([...all, 'newer', 'older']).size).toBe(3 * 2 * 3 + 2);
  expect(all.every((key) => /^[\w-]{43}$/.test(String(key)))).toBe(true);
});

it('is a fixed derivation: other runtimes must find the same keys', () => {
  // printf 'headgate~1~p~shop~prod' | openssl dgst -sha256 -hmac newer -binary | basenc --base64url
  expect(deriveKeys(MASTERS, SHOP)['kb']?.p).toBe('yu0g62Q95IiX9metCK-wx58a6l4NPZkuOa_JrIHu-cQ');
});

it('keeps the newest first, within one KeyValueStore value', () => {
  const text = JSON.stringify(deriveKeys(MASTERS, SHOP));
  expect(Object.keys(parseDerivedKeys(text) ?? {})).toEqual(['kb', 'ka']);
  expect(text.length).toBeLessThan(400);
});

it.each([undefined, '', '{', '[]', '{"ka":{"p":"x"}}', '{"ka":{"p":"","v":"x","s":"x"}}'])(
  'takes no keys from %s',
  (text) => {
    expect(parseDerivedKeys(text)).toBeUndefined();
  },
);
