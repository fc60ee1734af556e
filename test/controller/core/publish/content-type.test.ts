import { describe, expect, it } from 'vitest';
import { contentTypeOf } from '../../../../controller/core/publish/content-type.ts';

/** The whole table, as it goes out. A line that changes here is a clash for pooled files that are stored already. */
const TABLE = `
  3gp video/3gpp
  7z application/x-7z-compressed
  aac audio/aac
  aif audio/aiff
  aiff audio/aiff
  apk application/vnd.android.package-archive
  apng image/apng
  arrow application/vnd.apache.arrow.file
  asc text/plain; charset=utf-8
  atom application/atom+xml
  avi video/x-msvideo
  avif image/avif
  avifs image/avif
  basis application/octet-stream
  bin application/octet-stream
  bmp image/bmp
  br application/x-brotli
  bz2 application/x-bzip2
  cjs text/javascript; charset=utf-8
  crx application/x-chrome-extension
  css text/css; charset=utf-8
  csv text/csv; charset=utf-8
  cur image/x-icon
  dat application/octet-stream
  data application/octet-stream
  dds image/vnd.ms-dds
  doc application/msword
  docx application/vnd.openxmlformats-officedocument.wordprocessingml.document
  eot application/vnd.ms-fontobject
  epub application/epub+zip
  flac audio/flac
  frag text/plain; charset=utf-8
  geojson application/geo+json
  gif image/gif
  glb model/gltf-binary
  glsl text/plain; charset=utf-8
  gltf model/gltf+json
  gpx application/gpx+xml
  gz application/gzip
  hdr image/vnd.radiance
  heic image/heic
  heif image/heif
  htm text/html; charset=utf-8
  html text/html; charset=utf-8
  ico image/x-icon
  ics text/calendar; charset=utf-8
  jfif image/jpeg
  jpeg image/jpeg
  jpg image/jpeg
  js text/javascript; charset=utf-8
  json application/json
  json5 application/json5
  jsonl application/jsonl
  jsonld application/ld+json
  jxl image/jxl
  kml application/vnd.google-earth.kml+xml
  kmz application/vnd.google-earth.kmz
  ktx image/ktx
  ktx2 image/ktx2
  log text/plain; charset=utf-8
  lottie application/zip+dotlottie
  m3u8 application/vnd.apple.mpegurl
  m4a audio/mp4
  m4s video/iso.segment
  m4v video/mp4
  map application/json
  mathml application/mathml+xml
  md text/markdown; charset=utf-8
  mid audio/midi
  midi audio/midi
  mjs text/javascript; charset=utf-8
  mka audio/matroska
  mkv video/matroska
  mobileconfig application/x-apple-aspen-config
  mov video/quicktime
  mp3 audio/mpeg
  mp4 video/mp4
  mpd application/dash+xml
  mpeg video/mpeg
  mpg video/mpeg
  mtl model/mtl
  mvt application/vnd.mapbox-vector-tile
  ndjson application/x-ndjson
  obj model/obj
  ods application/vnd.oasis.opendocument.spreadsheet
  odt application/vnd.oasis.opendocument.text
  oga audio/ogg
  ogg audio/ogg
  ogv video/ogg
  onnx application/octet-stream
  opus audio/ogg
  otf font/otf
  parquet application/vnd.apache.parquet
  pbf application/x-protobuf
  pdf application/pdf
  pem application/x-pem-file
  pkpass application/vnd.apple.pkpass
  ply model/ply
  pmtiles application/vnd.pmtiles
  png image/png
  ppt application/vnd.ms-powerpoint
  pptx application/vnd.openxmlformats-officedocument.presentationml.presentation
  proto text/plain; charset=utf-8
  rar application/vnd.rar
  rdf application/rdf+xml
  riv application/octet-stream
  rss application/rss+xml
  rtf application/rtf
  sqlite application/vnd.sqlite3
  srt application/x-subrip
  stl model/stl
  svg image/svg+xml
  tar application/x-tar
  tgz application/gzip
  tif image/tiff
  tiff image/tiff
  toml application/toml
  topojson application/json
  ts video/mp2t
  tsv text/tab-separated-values; charset=utf-8
  ttc font/collection
  ttf font/ttf
  ttl text/turtle; charset=utf-8
  ttml application/ttml+xml
  txt text/plain; charset=utf-8
  usda model/vnd.usda
  usdz model/vnd.usdz+zip
  vcf text/vcard; charset=utf-8
  vert text/plain; charset=utf-8
  vtt text/vtt; charset=utf-8
  wasm application/wasm
  wav audio/wav
  weba audio/webm
  webm video/webm
  webmanifest application/manifest+json
  webp image/webp
  wgsl text/wgsl; charset=utf-8
  woff font/woff
  woff2 font/woff2
  xhtm application/xhtml+xml
  xhtml application/xhtml+xml
  xls application/vnd.ms-excel
  xlsx application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
  xml application/xml
  xpi application/x-xpinstall
  xsl application/xslt+xml
  xslt application/xslt+xml
  xz application/x-xz
  yaml application/yaml
  yml application/yaml
  zip application/zip
  zst application/zstd
`;

const rows = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [extension = '', ...type] = line.trim().split(' ');
    return [extension, type.join(' ')] as const;
  });

describe('an extension', () => {
  it('has its type, in any letter case and wherever the file lies', () => {
    expect(rows.length).toBeGreaterThanOrEqual(60);
    const known = rows.map(([extension]) => [extension, contentTypeOf(`a/b.${extension}`)]);
    expect(known).toEqual(rows);
    const upper = rows.map(([extension]) => [
      extension,
      contentTypeOf(`B.C.${extension.toUpperCase()}`),
    ]);
    expect(upper).toEqual(rows);
  });

  it.each([
    'js',
    'v1.2/LICENSE',
    'a.unheardof',
    'a.constructor',
    'trailing.',
    'js/a',
    '.unheardof',
  ])('that says nothing makes a download: %s', (path) => {
    expect(contentTypeOf(path)).toBe('application/octet-stream');
  });
});

describe('below .well-known', () => {
  it.each([
    ['apple-app-site-association', 'application/json'],
    ['matrix/server', 'application/json'],
    ['assetlinks.json', 'application/json'],
    ['security.txt', 'text/plain; charset=utf-8'],
    ['acme-challenge/token', 'application/octet-stream'],
  ])('%s is %s', (name, type) => {
    expect(contentTypeOf(`.well-known/${name}`)).toBe(type);
  });

  it('alone names have types', () => {
    expect(contentTypeOf('apple-app-site-association')).toBe('application/octet-stream');
    expect(contentTypeOf('a.well-known/webauthn')).toBe('application/octet-stream');
  });
});
