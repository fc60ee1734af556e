import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProtected } from '../../../edge/core/protected-path.ts';
import { normalisePath } from '../../../edge/core/rewrite.ts';
import { gate, openPaths, protectedSpellings } from '../../vectors/gate.ts';
import { timeQuickest } from '../../quickest.ts';

/** As `decide` asks; its pinned paths are another matter. */
const protects = (path: string) => isProtected(gate, normalisePath(path) ?? '/refused');

describe('isProtected', () => {
  it.each(protectedSpellings.filter((path) => !path.includes('headgate')))('%s', (path) => {
    expect(protects(path)).toBe(true);
  });

  it.each(openPaths)('but not %s', (path) => {
    expect(protects(path)).toBe(false);
  });

  it('finds a path in every spelling, however they are combined', () => {
    const letter = (one: string) =>
      fc.constantFrom(one, one.toUpperCase(), `%${hex(one)}`, `%25${hex(one)}`, `%2525${hex(one)}`);
    const word = fc.tuple(...['s', 'h', 'o', 'p'].map(letter)).map((letters) => letters.join(''));
    const before = fc.constantFrom(
      '',
      '/',
      '/.',
      '/x/..',
      '/%2e',
      '/%252e',
      '/x/%252e%252e',
      '/;y',
    );
    const after = fc.constantFrom('', '.', '%2e', ';', ';a=b', '%20', '%3f', '%2523');
    const between = fc.constantFrom('/', '//', '%2f', '%252F', '/./', '/x/../', '%255c');
    fc.assert(
      fc.property(before, word, after, between, (start, name, end, slash) => {
        expect(protects(`${start}/${name}${end}${slash}cart`)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a time that grows with the path and not with its square', () => {
    for (const piece of ['.', ' ', ';', '%25', '%2525', '/', '/..', '/.;', '%2e', '.;']) {
      const path = `/${piece.repeat(8000 / piece.length)}x`;
      expect(timeQuickest(100, () => void isProtected(gate, path))).toBeLessThan(100);
    }
  });
});

function hex(letter: string): string {
  return letter.charCodeAt(0).toString(16);
}
