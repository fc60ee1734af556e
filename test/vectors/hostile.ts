import { CANARY, file, IN, NAVIGATE, navigation, on, OUT, route, STABLE } from './edge.ts';
import type { EdgeRequest, RequestVector, Row, Values } from './edge.ts';

/** What no browser sends: every one is answered, and stays in the app. */

const PAGE = `${STABLE}/index.html`;

/** Spellings of a path, and the file of the build that they name. */
const spellings: readonly (readonly [path: string, file: string])[] = [
  ['/./a.js', '/a.js'],
  ['/.//a.js', '/a.js'],
  ['/a/../a.js', '/a.js'],
  ['/a/..//a.js', '/a.js'],
  ['/../a.js', '/a.js'],
  ['/..//../a.js', '/a.js'],
  ['/%2e/a.js', '/a.js'],
  ['/%2E%2E/a.js', '/a.js'],
  ['/.%2E/a.js', '/a.js'],
  ['/%2e./a.js', '/a.js'],
  ['/x/%2e%2e%2fa.js', '/a.js'],
  ['/%2fa.js', '/a.js'],
  ['/%2F%2Fa.js', '/a.js'],
  ['//a.js', '/a.js'],
  ['////////a.js', '/a.js'],
  ['/a.js/', '/a.js/index.html'],
  ['/a.js/.', '/a.js/index.html'],
  ['/a.js/..', '/index.html'],
  ['/a.js%2f', '/a.js/index.html'],
  ['/..', '/index.html'],
  ['/%2e%2e', '/index.html'],
  ['//', '/index.html'],
  ['/.', '/index.html'],
  ['/...', '/...'],
  ['/.hidden', '/.hidden'],
  ['/a.', '/a.'],
  ['/a/.b', '/a/.b'],
  ['/-a', '/-a'],
  ['/~a', '/~a'],
  ["/a'b", "/a'b"],
  ['/a(b)!*', '/a(b)!*'],
  ['/a;b=c', '/a%3Bb%3Dc'],
  ['/a,b', '/a%2Cb'],
  ['/a:b', '/a%3Ab'],
  ['/a@b', '/a%40b'],
  ['/a&b', '/a%26b'],
  ['/a$b', '/a%24b'],
  ['/a%20', '/a%20'],
  ['/%20/a', '/%20/a'],
  ['/a%09b', '400'],
  ['/a%7fb', '400'],
  ['/a%1fb', '400'],
  ['/a%C2%80b', '/a%C2%80b'],
  ['/%F0%9F%98%80', '/%F0%9F%98%80'],
  ['/%ED%A0%80', '400'],
  ['/%C3', '400'],
  ['/%', '400'],
  ['/%2', '400'],
  ['/%%32e', '400'],
  ['/%u002e', '400'],
  ['/\\', '400'],
  ['/a\\', '400'],
  ['\\\\evil.example\\a', '400'],
  ['/%5C%5Cevil.example', '400'],
  ['/%255c', '/%255c'],
  ['/%25%32%65', '/%252e'],
  ['/http://evil.example/a.js', '/http%3A/evil.example/a.js'],
  ['/other/builds/1/a.js', '/other/builds/1/a.js'],
  ['/shop/builds/1/a.js', '/shop/builds/1/a.js'],
  ['/builds/1038/a.js', '/builds/1038/a.js'],
  ['/constructor', '/constructor'],
  ['/__proto__/a', '/__proto__/a'],
  [`/${'a/'.repeat(500)}b.js`, `/${'a/'.repeat(500)}b.js`],
  [`/${'../'.repeat(500)}b.js`, '/b.js'],
  [`/${'a'.repeat(4000)}`, `/${'a'.repeat(4000)}`],
  [`/${'%61'.repeat(1000)}`, `/${'a'.repeat(1000)}`],
];

const cookies = (name: string, sent: Values, expect: string): Row => [
  name,
  navigation('/cart', sent),
  expect,
];
const doubled = (name: string, request: EdgeRequest, second: Values, expect: string): Row => [
  name,
  { ...request, doubled: second },
  expect,
];
const LONG = 'x'.repeat(8000);

const brokenCookies: readonly Row[] = [
  // Drawn again, from request id `a`: stable.
  cookies('an empty slot', { hg_slot: '' }, PAGE),
  cookies('a negative slot', { hg_slot: '-8' }, PAGE),
  cookies('a slot with a point', { hg_slot: '8.0' }, PAGE),
  cookies('a slot with an exponent', { hg_slot: '8e0' }, PAGE),
  cookies('a slot with zeros before', { hg_slot: '08' }, PAGE),
  cookies('a slot in hex', { hg_slot: '0x8' }, PAGE),
  cookies('a slot with a space', { hg_slot: ' 8' }, PAGE),
  cookies('a slot with a line break', { hg_slot: '8\n' }, PAGE),
  cookies('a slot of 2^32 + 8', { hg_slot: '4294967304' }, PAGE),
  cookies('infinity', { hg_slot: 'Infinity' }, PAGE),
  cookies('NaN', { hg_slot: 'NaN' }, PAGE),
  cookies('a huge slot', { hg_slot: LONG }, PAGE),
  cookies('a huge preview', { ...OUT, hg_preview: LONG }, PAGE),
  cookies('an empty preview', { ...OUT, hg_preview: '' }, PAGE),
  cookies('dots as a preview', { ...OUT, hg_preview: '..' }, PAGE),
  cookies('a path as a preview', { ...OUT, hg_preview: 'a/../../b' }, PAGE),
  cookies('an encoded path as a preview', { ...OUT, hg_preview: '%2e%2e' }, PAGE),
  cookies('names of every object', { ...OUT, constructor: '1', toString: '1' }, PAGE),
  ['a huge page cookie', file('/a.js', { hg_build: LONG }), `${STABLE}/a.js`],
  ['a page cookie of every object', file('/a.js', { hg_build: 'constructor' }), `${STABLE}/a.js`],
  ['a page cookie in quotes', file('/a.js', { hg_build: '"1043"' }), `${STABLE}/a.js`],
  ['a page cookie with a space', file('/a.js', { hg_build: '1043 ' }), `${STABLE}/a.js`],
];

const twice: readonly Row[] = [
  doubled('the slot', navigation('/', IN), { hg_slot: '0' }, `${CANARY}/index.html`),
  doubled('the slot, the other way', navigation('/', OUT), { hg_slot: '8' }, PAGE),
  doubled('the page', file('/a.js', { hg_build: '1043' }), { hg_build: '1042' }, `${CANARY}/a.js`),
  doubled(
    'the page, forged',
    file('/a.js', { hg_build: '..' }),
    { hg_build: '1043' },
    `${STABLE}/a.js`,
  ),
  doubled(
    'the preview',
    navigation('/', { ...OUT, hg_preview: '1050' }),
    { hg_preview: '666' },
    '/shop/builds/1050/index.html',
  ),
  doubled('the mode', navigation('/cart'), { 'sec-fetch-mode': 'cors' }, PAGE),
  doubled('the marker', navigation('/cart'), { 'x-headgate-build': '1040' }, PAGE),
];

const header = (name: string, headers: Values, expect: string, path = '/cart'): Row => [
  name,
  { path, headers, cookies: OUT },
  expect,
];

const headers: readonly Row[] = [
  header('an empty mode', { 'sec-fetch-mode': '', accept: 'text/html' }, PAGE),
  header('a mode in capitals', { 'sec-fetch-mode': 'NAVIGATE' }, `${STABLE}/cart`),
  header('a mode nobody knows', { 'sec-fetch-mode': LONG, accept: 'text/html' }, `${STABLE}/cart`),
  header('a huge Accept', { accept: LONG }, `${STABLE}/cart`),
  header('an Accept with HTML at its end', { accept: `${LONG},text/html` }, PAGE),
  header('an empty agent', { ...NAVIGATE, 'user-agent': '' }, PAGE),
  header('a huge agent', { ...NAVIGATE, 'user-agent': LONG }, PAGE),
  header('a forged build', { ...NAVIGATE, 'x-headgate-build': '1040' }, PAGE),
];

const queries: readonly Row[] = [
  ['a huge query', navigation('/', OUT, LONG), PAGE],
  ['only separators', navigation('/', OUT, '&&&&'), PAGE],
  ['a huge build', navigation('/', OUT, `override_build_number=${LONG}`), '400'],
  ['a build in another case', navigation('/', OUT, 'OVERRIDE_BUILD_NUMBER=1050'), PAGE],
  ['an encoded name', navigation('/', OUT, 'override%5Fbuild_number=1050'), PAGE],
  ['a name that goes on', navigation('/', OUT, 'override_build_numbers=1050'), PAGE],
  ['two equals signs', navigation('/', OUT, 'override_build_number==1050'), '400'],
  ['a build with an equals sign', navigation('/', OUT, 'override_build_number=1050='), '400'],
  [
    'in capitals: not the way out',
    navigation('/', OUT, 'override_build_number=OFF'),
    '302 / hg_preview=OFF hg_preview_build=OFF',
  ],
  ['an address', navigation('/', OUT, 'override_build_number=//evil.example'), '400'],
  [
    'an address behind it',
    navigation('/', OUT, 'override_build_number=1&next=//evil.example'),
    '302 /?next=//evil.example hg_preview=1 hg_preview_build=1',
  ],
  [
    'backslashes encoded twice',
    navigation('/%255cevil.example', OUT, 'override_build_number=1'),
    '302 /%255cevil.example hg_preview=1 hg_preview_build=1',
  ],
  [
    'an address as a path',
    navigation('/https:/evil.example', OUT, 'override_build_number=1'),
    '302 /https%3A/evil.example hg_preview=1 hg_preview_build=1',
  ],
  [
    'a user in the path',
    navigation('//@evil.example', OUT, 'override_build_number=off'),
    '302 /%40evil.example hg_preview= hg_preview_build=',
  ],
];

export const hostileVectors: readonly RequestVector[] = [
  ...on(
    route,
    spellings.map(([path, expected]) => [
      `spelling ${path.slice(0, 40)}`,
      file(path),
      expected === '400' ? '400' : STABLE + expected,
    ]),
  ),
  ...on(route, brokenCookies),
  ...on(route, twice),
  ...on(route, headers),
  ...on(route, queries),
];
