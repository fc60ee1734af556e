import { describe, expect, it } from 'vitest';
import { renderClashes, type Clash } from '../../../../controller/core/publish/clash.ts';
import { findClash } from '../../../../controller/core/publish/compare.ts';
import { headersOf, digestBytes, layFile } from '../../../../controller/core/publish/layout.ts';
import { parseSettings } from '../../../../controller/core/publish/manifest-text.ts';
import {
  DEFAULT_SETTINGS,
  type PublishSettings,
} from '../../../../controller/core/state/manifest.ts';

const build = { app: 'shop', build: '1043' };

function clash(
  path: string,
  change: {
    readonly sha256?: string;
    readonly contentType?: string;
    readonly cacheControl?: string;
    readonly contentEncoding?: string;
  },
  settings: PublishSettings = DEFAULT_SETTINGS,
): Clash {
  const file = layFile(path, digestBytes(Buffer.from('new')), settings);
  const stored = { ...headersOf(build, file), size: file.size, sha256: file.sha256, ...change };
  const found = findClash(build, file, stored);
  if (!found) throw new Error('expected a clash');
  return found;
}

const otherBytes = { sha256: 'ab'.repeat(32) };

describe('other bytes', () => {
  it('name both sides and offer the policy line that takes the file out of the pool', () => {
    const clashes = ['assets/app.js', 'assets/a b?ü+c.js'].map((path) => clash(path, otherBytes));
    const { message, next } = renderClashes(
      clashes.map((one) => ({ ...one, owner: '1042' })),
      '1043',
    );
    expect(message).toContain('assets/app.js and the stored shop/pool/assets/app.js differ');
    expect(message).toContain('SHA-256: stored abababababababab, here 11507a0e2f5e69d5');
    expect(message).toContain('stored: of build 1042; here: of build 1043');
    expect(next).toContain('exclude: ["/assets/app.js", "/assets/a*b*c.js"]');
    expect(next).not.toContain('headers:');
  });

  it('of a public source map have another way out', () => {
    const map = clash('assets/a.js.map', otherBytes, { ...DEFAULT_SETTINGS, sourceMaps: 'public' });
    expect(renderClashes([map], '1').next).toContain(
      'with `sourceMaps: private` each build keeps its own',
    );
  });

  it('of a file of the build itself take a new number', () => {
    const page = clash('index.html', otherBytes);
    expect(renderClashes([page], '1').next).toContain('new build number');
    expect(renderClashes(Array(12).fill(page), '1').message).toContain('and 2 more');
  });
});

describe('other headers of the same bytes', () => {
  it('offer the entry that keeps what is stored', () => {
    const settings = {
      ...DEFAULT_SETTINGS,
      headers: [{ files: '/assets/*', cache: 'mutable' as const, type: 'text/plain' }],
    };
    const stored = {
      contentType: 'text/javascript; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
    };
    const { message, next } = renderClashes([clash('assets/app.js', stored, settings)], '1');
    expect(message).toContain(
      'content type: stored text/javascript; charset=utf-8, here text/plain',
    );
    expect(message).toContain('cache control: stored public, max-age=31536000');
    expect(next).toContain('ahead of other entries');
    const line =
      '{ files: "/assets/app.js", cache: immutable, type: "text/javascript; charset=utf-8" }';
    expect(next).toContain(`headers: [${line}, ...]`);
    expect(next).toContain('Or give the files other names');

    // Written so, the file is what is stored.
    const kept = parseSettings(
      JSON.stringify({
        ...settings,
        headers: [
          { files: '/assets/app.js', cache: 'immutable', type: stored.contentType },
          ...settings.headers,
        ],
      }),
    );
    const file = layFile('assets/app.js', digestBytes(Buffer.from('new')), kept);
    expect(headersOf(build, file)).toMatchObject(stored);
  });

  it('can’t be kept where another tool wrote what no policy says', () => {
    const { next } = renderClashes([clash('assets/app.js', { cacheControl: 'max-age=60' })], '1');
    expect(next).not.toContain('headers:');
    expect(next).toContain('Give the files other names');
    const packed = clash('assets/app.js', { contentEncoding: 'br' });
    expect(renderClashes([packed], '1').next).not.toContain('headers:');
    // Nor may a service worker be immutable, whoever stored it so.
    const worker = clash('assets/sw.js', { cacheControl: 'public, max-age=31536000, immutable' });
    expect(renderClashes([worker], '1').next).not.toContain('headers:');
  });
});
