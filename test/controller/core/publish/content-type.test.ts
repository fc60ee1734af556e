import { expect, it } from 'vitest';
import { contentTypeOf } from '../../../../controller/core/publish/content-type.ts';

it.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['INDEX.HTML', 'text/html; charset=utf-8'],
  ['assets/app-4f2a.js', 'text/javascript; charset=utf-8'],
  ['assets/worker.mjs', 'text/javascript; charset=utf-8'],
  ['assets/app.css', 'text/css; charset=utf-8'],
  ['robots.txt', 'text/plain; charset=utf-8'],
  ['assets/app.js.map', 'application/json'],
  ['data.json', 'application/json'],
  ['site.webmanifest', 'application/manifest+json'],
  ['sitemap.xml', 'application/xml'],
  ['logo.svg', 'image/svg+xml'],
  ['favicon.ico', 'image/x-icon'],
  ['photo.avif', 'image/avif'],
  ['font.woff2', 'font/woff2'],
  ['engine.wasm', 'application/wasm'],
  ['video.mp4', 'video/mp4'],
  ['archive.tar.gz', 'application/gzip'],
  ['.well-known/apple-app-site-association', 'application/octet-stream'],
  ['js', 'application/octet-stream'],
  ['v1.2/LICENSE', 'application/octet-stream'],
  ['a.unheardof', 'application/octet-stream'],
  ['a.constructor', 'application/octet-stream'],
  ['trailing.', 'application/octet-stream'],
])('%s is %s', (path, type) => {
  expect(contentTypeOf(path)).toBe(type);
});
