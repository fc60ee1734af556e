import { describe, expect, it } from 'vitest';
import { diffManifests } from '../../../../controller/core/publish/diff.ts';
import { digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import { findStamps, pairChanged } from '../../../../controller/core/publish/stamps.ts';
import { DEFAULT_SETTINGS, type Manifest } from '../../../../controller/core/state/manifest.ts';

type Files = Readonly<Record<string, string>>;

function manifestOf(files: Files): Manifest {
  return {
    version: 2,
    app: 'shop',
    build: '1',
    settings: DEFAULT_SETTINGS,
    files: Object.entries(files).map(([path, text]) =>
      layFile(path, digestBytes(Buffer.from(text)), DEFAULT_SETTINGS),
    ),
  };
}

function compare(before: Files, after: Files) {
  const pairs = pairChanged(diffManifests(manifestOf(before), manifestOf(after)));
  const compared = pairs.map((pair) => ({
    ...pair,
    texts: [before[pair.before.path] ?? '', after[pair.after.path] ?? ''] as const,
  }));
  return findStamps(compared, pairs);
}

/** Three files that carry a text, and one that was edited. */
const withText = (text: string, edit = 'teal'): Files => ({
  'a.js': `var v="${text}";`,
  'b.js': `f("${text}")`,
  'c.html': `<p>${text}</p>`,
  'd.css': `h1 { color: ${edit} }`,
});

it.each([
  ['1.4.1', '1.4.2'],
  ['c0ffee1', 'decaf42'],
  ['2026-11-22T10:00:00.000Z', '2026-11-23T09:30:00.000Z'],
  ['1042', '1043'],
  ['shop@1.4.1', 'shop@1.4.2'],
])('names the stamp %s -> %s', (before, after) => {
  const report = compare(withText(before), withText(after, 'navy'));
  expect(report).toMatchObject({
    compared: 4,
    onlyStamps: ['a.js', 'b.js', 'c.html'],
    onlyHashes: [],
    stamps: [{ before, after, files: 3 }],
    isLarge: true,
  });
});

describe('a chunk that is renamed', () => {
  const build = (hash: string, edit: string): Files => ({
    [`assets/chunk-${hash}.js`]: `${edit}\n//# sourceMappingURL=chunk-${hash}.js.map`,
    [`assets/one-1${hash}.js`]: `import "./chunk-${hash}.js"`,
    [`assets/two-2${hash}.js`]: `import "./chunk-${hash}.js"`,
    [`assets/map-3${hash}.js`]: `({1:"1${hash}",2:"2${hash}"})`,
    'index.html': `<script src="/assets/one-1${hash}.js"></script>`,
  });

  it('renames what imports it, for nothing', () => {
    const report = compare(build('11aa22bb', 'old()'), build('33cc44dd', 'newer()'));
    expect(report.onlyHashes.toSorted()).toEqual([
      'assets/map-333cc44dd.js',
      'assets/one-133cc44dd.js',
      'assets/two-233cc44dd.js',
      'index.html',
    ]);
    expect(report).toMatchObject({ compared: 5, onlyStamps: [], stamps: [], isLarge: true });
  });
});

it.each<[string, Files, Files]>([
  ['words', withText('teal'), withText('navy')],
  ['more text', withText('1.4.1'), withText('1.4.1 beta')],
  ['one file alone', { 'a.js': 'v=1' }, { 'a.js': 'v=2' }],
  ['many numbers', withText('1 2 3 4'), withText('5 6 7 8')],
])('takes edits for edits: %s', (_what, before, after) => {
  expect(compare(before, after)).toMatchObject({ onlyStamps: [], onlyHashes: [], isLarge: false });
});

it('is not worth a warning for a few of many', () => {
  const edits = (from: string) =>
    Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`e${index}.css`, `${from}-x`]));
  const report = compare(
    { ...withText('1.4.1'), ...edits('teal') },
    { ...withText('1.4.2'), ...edits('navy') },
  );
  expect(report).toMatchObject({ compared: 23, isLarge: false });
  expect(report.onlyStamps).toHaveLength(3);
});
