import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readToken, signToken } from '../../../edge/core/token.ts';
import type { TokenKind } from '../../../edge/core/token.ts';
import { mac } from '../../../controller/core/tokens/mac.ts';
import { keys, NOW, OLDER_PREVIEW, PREVIEW, refusedTokens, ring } from '../../vectors/tokens.ts';

const bearer = { now: NOW, keys };

describe('readToken', () => {
  it.each([PREVIEW, OLDER_PREVIEW])('reads what either live key signed', (text) => {
    expect(readToken(text, 'p', bearer)).toEqual(['1050', String(NOW + 60)]);
  });

  it('refuses each of the table', () => {
    const accepted = refusedTokens.filter(({ text }) => readToken(text, 'p', bearer));
    expect(accepted).toEqual([]);
    expect(refusedTokens.length).toBeGreaterThan(600);
  });

  it('expires on the second', () => {
    expect(readToken(PREVIEW, 'p', { keys, now: NOW + 59 })).toBeDefined();
    expect(readToken(PREVIEW, 'p', { keys, now: NOW + 60 })).toBeUndefined();
  });

  it('refuses all once its key is gone', () => {
    const { k2 } = ring;
    expect(
      readToken(OLDER_PREVIEW, 'p', { now: NOW, keys: { ...keys, ring: { k2 } } }),
    ).toBeUndefined();
    expect(readToken(PREVIEW, 'p', { now: NOW, keys: { ...keys, ring: {} } })).toBeUndefined();
  });

  it('compares macs of the tokens, not the tokens: its time tells nothing about a wrong one', () => {
    const macced: string[] = [];
    const watched = (key: string, text: string) => {
      macced.push(text);
      return mac(key, text);
    };
    const forged = PREVIEW.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect(readToken(forged, 'p', { now: NOW, keys: { ...keys, mac: watched } })).toBeUndefined();
    expect(macced.slice(1)).toEqual([forged, PREVIEW]);
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
          expect(readToken(text, kind, bearer)).toEqual([...fields, String(expiry)]);
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
