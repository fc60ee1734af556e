import { matchPattern } from '../../../edge/core/rewrite.ts';
import type { PublishSettings } from '../state/manifest.ts';
import { keyOf } from './layout.ts';
import { locate } from './locate.ts';
import { isPooled, listPooledUrls, patternOf } from './path-pattern.ts';

/** S3's limit on a key, in UTF-8 bytes. */
const KEY_BYTES_LIMIT = 1024;

/** What CloudFront passes on in one answer (documented); S3 takes a hundred times as much. */
const FILE_BYTES_LIMIT = 50 * 10 ** 9;

interface FoundFile {
  readonly path: string;
}

/** What was found in the directory to publish. */
export interface Directory {
  readonly files: readonly FoundFile[];
  readonly problems: readonly {
    readonly path: string;
    readonly kind: 'symlink-outside' | 'symlink-loop' | 'not-a-file' | 'unreadable';
  }[];
}

interface Target {
  readonly app: string;
  readonly build: string;
  readonly settings: PublishSettings;
}

/** Everything that stops a directory from being published, one sentence each; empty: nothing does. */
export function checkDirectory(directory: Directory, target: Target): readonly string[] {
  const { files, problems } = directory;
  return [
    ...problems.map(({ path, kind }) => `${show(path)}: ${PROBLEMS[kind]}`),
    ...files.flatMap((file) =>
      checkFile(file, target).map((text) => `${show(file.path)}: ${text}`),
    ),
    ...checkTwins(files),
    ...checkRoot(directory, target.settings),
  ];
}

const PROBLEMS = {
  'symlink-outside':
    'a symbolic link that leads out of the directory; replace it with the file itself',
  'symlink-loop': 'a symbolic link to a directory that contains it; remove it',
  'not-a-file': 'neither a file nor a directory; remove it',
  unreadable: 'cannot be read; check its permissions, its target and that its name is valid UTF-8',
} as const;

/** One name rule per line: what it finds, and what to say about it. */
const NAME_RULES: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/\p{Cc}/u, 'its name has a control character, which no URL can carry; rename it'],
  [/[\p{Surrogate}\ufffd]/u, 'its name is not valid UTF-8; rename it'],
  [/\\/, 'its name has a backslash, which browsers turn into a slash; rename it'],
  [/(^|\/)\.{1,2}(\/|$)/, 'its path has a "." or ".." segment, which browsers remove; rename it'],
  [/^$|^\/|\/$|\/\//, 'its path has an empty segment; rename it'],
  // At any depth: no distribution may read what a bucket has below such a folder.
  [/(^|\/)\.headgate(\/|$)/, 'below ".headgate/", which is kept for the manifest; move it'],
  [/^_headgate(\/|$)/, 'below "_headgate/", which the edge answers itself; move it'],
];

/** Nearly every name: one look instead of ten. */
const ORDINARY = /^(?!_headgate)[\w~-][\w.~-]*(\/[\w~-][\w.~-]*)*$/;

function checkFile({ path }: FoundFile, { app, build, settings }: Target): readonly string[] {
  const issues: string[] = ORDINARY.test(path) ? [] : [...checkName(settings, path)];
  const location = locate(settings, path);
  const bytes = Buffer.byteLength(longestKeyOf({ app, build, settings }, { location, path }));
  if (bytes > KEY_BYTES_LIMIT) {
    issues.push(
      `its key would have ${bytes} bytes, over S3's ${KEY_BYTES_LIMIT}; shorten its path`,
    );
  }
  return issues;
}

/** Files that no visitor would get. */
export function checkSizes(
  files: readonly (FoundFile & { readonly size: number })[],
): readonly string[] {
  return files
    .filter(({ size }) => size > FILE_BYTES_LIMIT)
    .map(
      ({ path, size }) =>
        `${show(path)}: it has ${size} bytes, over the ${FILE_BYTES_LIMIT} that CloudFront serves; put it elsewhere`,
    );
}

function checkName(settings: PublishSettings, path: string): readonly string[] {
  const broken = NAME_RULES.filter(([pattern]) => pattern.test(path));
  return broken.length > 0 ? broken.map(([, message]) => message) : checkUrl(settings, path);
}

/** In a complete tree a pooled file has two, and that below the build is longer. */
function longestKeyOf(target: Target, file: Parameters<typeof keyOf>[1]): string {
  const isTwice = target.settings.layout === 'tree' && file.location === 'pool';
  return keyOf(target, isTwice ? { ...file, location: 'build' } : file);
}

/** Where behaviours of the pool have no function, CloudFront asks S3 for the URL just as it came. */
function checkUrl(settings: PublishSettings, path: string): readonly string[] {
  const location = locate(settings, path);
  const [url] = location === 'private' ? [] : listPooledUrls(settings, path);
  if (url === undefined) return [];
  if (location === 'build') {
    return [
      `its name is excluded from the pool and its URL (${url}) is not, so it would be looked for in the pool; ` +
        `rename it, or write "*" for such characters: "${patternOf(path)}"`,
    ];
  }
  return path.includes('+')
    ? [
        'pooled, and its name has a "+", which S3 takes for a space in URLs; ' +
          `rename it, or add "${patternOf(path)}" to pool.exclude`,
      ]
    : [];
}

/** What bundlers never write, and whoever finds it in a build wants: everything published is public. */
const SECRET =
  /(^|\/)\.(git|svn|hg|ssh|aws|docker|kube|gnupg|env|env\.[^/]*|npmrc|yarnrc|yarnrc\.yml|netrc|pypirc|pgpass|htpasswd|git-credentials)(\/|$)/i;

/** Names that stop what isn't public yet from becoming so. Other dotfiles are published as they are. */
export function checkSecrets(
  { files }: Pick<Directory, 'files'>,
  { headers = [] }: PublishSettings,
): readonly string[] {
  // Not by a pattern that takes in everything.
  const own = headers.filter((rule) => rule.files.includes('/.'));
  const isMeant = (path: string) => own.some((rule) => matchPattern(rule.files, `/${path}`));
  return files
    .filter(({ path }) => SECRET.test(path) && !isMeant(path))
    .map(
      ({ path }) =>
        `${show(path)}: by its name it holds secrets or history, and everything published is public; ` +
        'remove it, or name it in `headers` of the policy (`files: /.../.env`) if visitors need it',
    );
}

/** "é" has two spellings in Unicode; a URL typed or normalised on the way reaches only one of them. */
function checkTwins(files: readonly FoundFile[]): readonly string[] {
  const first = new Map<string, string>();
  const twins: string[] = [];
  for (const { path } of files) {
    const form = path.normalize('NFC');
    const other = first.get(form);
    if (other === undefined) first.set(form, path);
    else
      twins.push(
        `${show(path)}: the same name as ${show(other)} in another Unicode form; rename one`,
      );
  }
  return twins;
}

function checkRoot({ files, problems }: Directory, settings: PublishSettings): readonly string[] {
  if (files.length === 0) return problems.length > 0 ? [] : ['the directory is empty'];
  if (!settings.spa) return [];
  if (!files.some(({ path }) => path === 'index.html')) {
    return [
      'index.html: not there, but every navigation of a single-page app gets it (settings: spa)',
    ];
  }
  return isPooled(settings, 'index.html')
    ? [
        'index.html: matches the pool patterns, but each build has its own; add "/index.html" to pool.exclude',
      ]
    : [];
}

/** Escapes what a terminal hides: control characters, broken UTF-16, and marks that combine into a look-alike. */
function show(path: string): string {
  return path.replaceAll(
    /[\p{Cc}\p{Surrogate}\p{M}]/gu,
    (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`,
  );
}
