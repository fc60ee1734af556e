import type { HeaderRule, ManifestFile } from '../state/manifest.ts';
import { cacheClassOf, cacheControlOf } from './cache-class.ts';
import { CONTENT_TYPE } from './content-type.ts';
import type { ObjectHeaders } from './layout.ts';
import { patternOf } from './path-pattern.ts';
import { countFiles } from './report.ts';

/** A file whose key is taken by something else; create-only storage can't hold both. */
export interface Clash {
  readonly file: ManifestFile;
  readonly key: string;
  readonly stored: ObjectHeaders;
  /** Only headers differ. */
  readonly sameBytes: boolean;
  readonly differences: readonly string[];
  /** A build that has what is stored there; undefined: nobody knows of one. */
  readonly owner?: string | undefined;
}

/** What to tell the publisher of `build`: every clash, and the way out of each kind. */
export function renderClashes(
  clashes: readonly Clash[],
  build: string,
): { message: string; next: string } {
  const shown = clashes
    .slice(0, 10)
    .flatMap((clash) => [
      `  ${clash.file.path} and the stored ${clash.key} differ`,
      ...clash.differences.map((difference) => `    ${difference}`),
      `    ${explainOwner(clash, build)}`,
    ]);
  const more = clashes.length > 10 ? [`  and ${clashes.length - 10} more`] : [];
  const pooled = clashes.filter(({ file }) => file.location === 'pool');
  const message = [
    `${countFiles(clashes.length)} cannot be stored: the name is taken by other content, and nothing stored is ever overwritten.`,
    ...shown,
    ...more,
  ].join('\n');
  const others = pooled.filter(({ sameBytes }) => !sameBytes);
  const next = [
    ...(others.length > 0 ? [excludeAdvice(others)] : []),
    ...(others.length < pooled.length ? [headersAdvice(pooled)] : []),
  ];
  return { message, next: next.join('\n') || NEW_NUMBER };
}

function explainOwner({ file, owner }: Clash, build: string): string {
  if (file.location !== 'pool') return `of build ${build}, both: stored by a run that did not end`;
  const stored = owner === undefined ? 'no published build that was looked at' : `build ${owner}`;
  return `stored: of ${stored}; here: of build ${build}`;
}

export const NEW_NUMBER = 'Publish it under a new build number.';

/** A policy takes this many patterns. */
const PATTERNS_LIMIT = 5;

function excludeAdvice(clashes: readonly Clash[]): string {
  const patterns = clashes.slice(0, PATTERNS_LIMIT).map(({ file }) => `"${patternOf(file.path)}"`);
  return [
    'A pooled file is shared by all builds, so its name must change when its content does (a content hash).',
    "Name it so, or take it out of the pool in the app's policy, merge that, and publish again:",
    `  pool: { ..., exclude: [${patterns.join(', ')}] }`,
    ...(clashes.some(({ file }) => /\.map$/i.test(file.path))
      ? [
          'A source map may change while its script does not: with `sourceMaps: private` each build keeps its own.',
        ]
      : []),
  ].join('\n');
}

/** Somebody changed `headers` of the policy, or this version knows another type: what is stored stays. */
function headersAdvice(pooled: readonly Clash[]): string {
  const clashes = pooled.filter(({ sameBytes }) => sameBytes);
  const rules = clashes.slice(0, PATTERNS_LIMIT).map(ruleOfStored);
  const entries = rules.map((rule) => rule && `{ ${renderRule(rule)} }`);
  const keep = entries.every((entry) => entry !== undefined)
    ? [
        "Keep those in the app's policy, ahead of other entries, merge that, and publish again:",
        `  headers: [${entries.join(', ')}, ...]`,
        'Or give',
      ]
    : ['Give'];
  return [
    'The bytes are the same, but a pooled file keeps the headers that it was first stored with.',
    ...keep.slice(0, -1),
    `${keep.at(-1)} the files other names (a folder of another name is enough): those are stored with the new headers.`,
  ].join('\n');
}

/** The policy's entry that asks for what is stored; undefined: none can. */
function ruleOfStored({ file, stored }: Clash): HeaderRule | undefined {
  const cache = (['immutable', 'mutable'] as const).find(
    (one) => cacheControlOf(cacheClassOf(file.path, true, one)) === stored.cacheControl,
  );
  const isOurs = CONTENT_TYPE.test(stored.contentType) && !stored.contentEncoding;
  if (cache === undefined || !isOurs) return undefined;
  return { files: patternOf(file.path), cache, type: stored.contentType };
}

function renderRule({ files, cache, type }: HeaderRule): string {
  return `files: "${files}", cache: ${cache}, type: "${type}"`;
}
