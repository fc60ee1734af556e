import type { PublishSettings } from '../state/manifest.ts';
import { keyOf } from './layout.ts';
import { isPooled } from './path-pattern.ts';

/** S3's limit on a key, in UTF-8 bytes. */
const KEY_BYTES_LIMIT = 1024;

/** A file is read whole and sent in one request; Node reads at most this many bytes at once. */
const FILE_BYTES_LIMIT = 2 ** 31 - 1;

interface FoundFile {
  readonly path: string;
  readonly size: number;
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
  [/^\.headgate(\/|$)/, 'below ".headgate/", which is kept for the manifest; move it'],
  [/^_headgate(\/|$)/, 'below "_headgate/", which the edge answers itself; move it'],
];

function checkFile({ path, size }: FoundFile, { app, build, settings }: Target): readonly string[] {
  const issues = NAME_RULES.filter(([pattern]) => pattern.test(path)).map(([, message]) => message);
  const location = isPooled(settings, path) ? 'pool' : 'build';
  const bytes = Buffer.byteLength(keyOf({ app, build, settings }, { location, path }));
  if (bytes > KEY_BYTES_LIMIT) {
    issues.push(
      `its key would have ${bytes} bytes, over S3's ${KEY_BYTES_LIMIT}; shorten its path`,
    );
  }
  if (size > FILE_BYTES_LIMIT) {
    issues.push(
      `it has ${size} bytes, over the ${FILE_BYTES_LIMIT} of one upload; serve it elsewhere`,
    );
  }
  return issues;
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
