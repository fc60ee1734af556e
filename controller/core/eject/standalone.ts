/** The one function that stays behind: what a build needs of the edge, without anything to read. */
import { createHash } from 'node:crypto';
import { requestCase, type GoldenCase } from '../../../edge/contract/golden-event.ts';
import { isPooled } from '../publish/path-pattern.ts';

export interface Standalone {
  /** `shop/prod`, for whoever finds it later. */
  readonly name: string;
  /** Where builds lie in the bucket, a slash at both ends: `/shop/builds/`. */
  readonly home: string;
  readonly build: string;
  readonly spa: boolean;
  /** Builds whose files are asked for below `/_headgate/b/<build>/`. Empty: none. */
  readonly pinned: readonly string[];
  readonly pool: Pool;
}

interface Pool {
  /** Where pooled files lie in the bucket: `/shop/pool`. */
  readonly home: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

const SUFFIX = '_ejected';
/** What CloudFront takes. */
const NAME_LIMIT = 64;

/** App and environment names have no `_`, so no two environments share a name. */
export function standaloneName(app: string, environment: string): string {
  const name = `${app}_${environment}`;
  const limit = NAME_LIMIT - SUFFIX.length;
  if (name.length <= limit) return name + SUFFIX;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, limit - digest.length - 1)}_${digest}${SUFFIX}`;
}

/** The way out, behind "... already runs <that function>". */
export const LEFT_BEHIND =
  ': `headgate eject` left it there. Take the environment out of the policies; or to come back, ' +
  'name it in `adopted: { replaces: [...] }` and end the pause';

/** Whether an ARN is that of a function that `headgate eject` left. */
export function isStandalone(arn: string): boolean {
  return arn.includes(':function/') && arn.endsWith(SUFFIX);
}

/**
 * Its code: as Headgate's own function, it puts the build's folder in front of every path, so neither the
 * origin nor the cache key changes with the exchange. In the language of CloudFront Functions 2.0.
 */
export function renderStandalone({ name, home, build, spa, pinned, pool }: Standalone): string {
  return `// Left by \`headgate eject\`: ${name} without Headgate. It reads nothing and remembers nothing.
// To serve another build, change BUILD and publish the function. The files lie in the bucket at HOME + BUILD.
var HOME = ${JSON.stringify(home)};
var BUILD = ${JSON.stringify(build)};
// true: pages that name no file get /index.html.
var SPA = ${spa};
// Builds whose open pages ask for their files below /_headgate/b/<build>/.
var PINNED = ${JSON.stringify(pinned)};
// Behaviours of the distribution serve the pool; what is spelt so that it passes them by comes here.
var POOL = ${JSON.stringify(pool.home)};
var POOLED = ${JSON.stringify(pool.include)};
var UNPOOLED = ${JSON.stringify(pool.exclude)};

${HANDLER}`;
}

const HANDLER = `function handler(event) {
  var request = event.request;
  var headers = request.headers;
  var path = readPath(request.uri);
  var build = BUILD;
  var pin = /^\\/_headgate\\/b\\/([^/]+)(\\/.*[^/])$/.exec(path);
  if (pin && PINNED.indexOf(pin[1]) >= 0) {
    build = pin[1];
    path = pin[2];
  }
  // Manifests and source maps are nobody's.
  if (path === '' || /^\\/[._]headgate(\\/|$)/.test(path)) {
    return {
      statusCode: 404,
      statusDescription: 'Not Found',
      headers: { 'cache-control': { value: 'no-store' } },
    };
  }
  var folder = HOME + build;
  if (isPooled(path)) {
    folder = POOL;
  } else if (SPA && !pin && isPage(headers) && !/\\.\\d*[A-Za-z]\\w*$/.test(path)) {
    path = '/index.html';
  } else if (path.slice(-1) === '/') {
    path += 'index.html';
  }
  // S3 takes a plus for a space unless it is encoded.
  request.uri = folder + encodeURIComponent(path).split('%2F').join('/');
  // A browser may have stored a page that is newer than this build; ETags still tell them apart.
  delete headers['if-modified-since'];
  return request;
}

function isPage(headers) {
  var mode = headers['sec-fetch-mode'];
  var accept = headers.accept;
  if (!mode || !mode.value) return !!accept && accept.value.indexOf('html') >= 0;
  var dest = headers['sec-fetch-dest'];
  return mode.value === 'navigate' || (!!dest && dest.value === 'serviceworker');
}

// Decoded, without dot segments and double slashes; '' when it can't name a file.
function readPath(uri) {
  var path;
  try {
    path = decodeURIComponent(uri);
  } catch (error) {
    return '';
  }
  if (/[\\0-\\x1f\\x7f\\\\]/.test(path)) return '';
  var segments = [];
  var all = path.split('/');
  all.forEach(function (segment, index) {
    if (segment === '..') segments.pop();
    if (segment && segment !== '.' && segment !== '..') segments.push(segment);
    else if (index + 1 === all.length) segments.push('');
  });
  return '/' + segments.join('/');
}

function isPooled(path) {
  function matches(pattern) {
    return isMatch(pattern, path);
  }
  return POOLED.some(matches) && !UNPOOLED.some(matches);
}

// As CloudFront's path patterns: * is any run of characters, ? exactly one.
function isMatch(pattern, path) {
  var at = 0;
  var index = 0;
  var star = -1;
  var resume = 0;
  while (index < path.length) {
    if (pattern[at] === '*') {
      star = at++;
      resume = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === path[index])) {
      at++;
      index++;
    } else if (star < 0) {
      return false;
    } else {
      // The last star takes one character more.
      at = star + 1;
      index = ++resume;
    }
  }
  return /^[*]*$/.test(pattern.slice(at));
}
`;

const PAGE = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** What it must do on CloudFront itself before anybody gets it. */
export function standaloneCases(standalone: Standalone): readonly GoldenCase[] {
  const { spa, pinned, build } = standalone;
  const find = (path: string, of = build) => [`"uri":"${findFile(standalone, path, of)}"`];
  const [other] = pinned;
  return [
    requestCase('the page', { uri: '/', headers: PAGE }, find('/index.html')),
    requestCase(
      'a deep link',
      { uri: '/any/page', headers: PAGE },
      find(spa && !isPooled(standalone, 'any/page') ? '/index.html' : '/any/page'),
    ),
    requestCase('a file, missing or not', { uri: '/x/../a+b.js' }, find('/a+b.js')),
    requestCase('no manifest', { uri: '//.headgate/manifest.json' }, ['"statusCode":404']),
    ...(other === undefined
      ? []
      : [
          requestCase('a pinned file', { uri: `/_headgate/b/${other}/a.js` }, find('/a.js', other)),
        ]),
  ];
}

function findFile(standalone: Standalone, path: string, build: string): string {
  const { home, pool } = standalone;
  const folder = isPooled(standalone, path.slice(1)) ? pool.home : home + build;
  return folder + path.replace('+', '%2B');
}
