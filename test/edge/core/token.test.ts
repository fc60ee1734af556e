import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readToken, signToken } from '../../../edge/core/token.ts';
import type { TokenKind } from '../../../edge/core/token.ts';
import { keys, NOW, OLDER_PREVIEW, PREVIEW, refusedTokens, ring } from '../../vectors/tokens.ts';

const expected = { kind: 'p', fields: 1, now: NOW } as const;

describe('readToken', () => {
  it.each([PREVIEW, OLDER_PREVIEW])('reads what either live key signed', (text) => {
    expect(readToken(text, expected, keys)).toEqual(['1050', String(NOW + 60)]);
  });

  it('refuses each of the table', () => {
    const accepted = refusedTokens.filter(({ text }) => readToken(text, expected, keys));
    expect(accepted).toEqual([]);
    expect(refusedTokens.length).toBeGreaterThan(600);
  });

  it('expires on the second', () => {
    expect(readToken(PREVIEW, { ...expected, now: NOW + 59 }, keys)).toBeDefined();
    expect(readToken(PREVIEW, { ...expected, now: NOW + 60 }, keys)).toBeUndefined();
  });

  it('refuses all once its key is gone', () => {
    const { k2 } = ring;
    expect(readToken(OLDER_PREVIEW, expected, { ...keys, ring: { k2 } })).toBeUndefined();
    expect(readToken(PREVIEW, expected, { ...keys, ring: {} })).toBeUndefined();
  });

  it('compares all of a wrong mac, wherever it is wrong', () => {
    for (const at of [0, 42]) {
      const given = `${'x'.repeat(at)}y${'x'.repeat(42 - at)}`;
      // Reading the expected mac's characters is the comparison.
      let compared = 0;
      const expectedMac = { charCodeAt: () => (compared++, 'x'.charCodeAt(0)) };
      const watched = { ...keys, mac: () => expectedMac as unknown as string };
      expect(readToken(PREVIEW.replace(/[^~]+$/, given), expected, watched)).toBeUndefined();
      expect(compared).toBe(43);
    }
  });
});

describe('signToken', () => {
  it('signs with the newest key what readToken reads, whatever the fields', () => {
    const field = fc.stringMatching(/^[A-Za-z0-9._-]{0,64}$/);
    const kinds = fc.constantFrom<TokenKind>('p', 'v', 's');
    fc.assert(
      fc.property(
        kinds,
        fc.array(field, { minLength: 1, maxLength: 4 }),
        fc.nat(1e9),
        (kind, fields, after) => {
          const expiry = NOW + 1 + after;
          const text = signToken({ kind, fields, expiry }, keys) ?? '';
          expect(text).toMatch(/^1~[pvs]~k2~/);
          expect(readToken(text, { kind, fields: fields.length, now: NOW }, keys)).toEqual([
            ...fields,
            String(expiry),
          ]);
        },
      ),
    );
  });

  it('signs nothing without a key', () => {
    const token = { kind: 'p', fields: ['1050'], expiry: NOW + 60 } as const;
    expect(signToken(token, { ...keys, ring: {} })).toBeUndefined();
    expect(signToken(token, { ...keys, ring: { k2: { p: '', v: '', s: '' } } })).toBe('');
  });
});
