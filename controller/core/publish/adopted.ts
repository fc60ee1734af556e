import { BUILD_METADATA } from '../../../edge/contract/route.ts';
import type { Manifest } from '../state/manifest.ts';
import { cacheControlOf } from './cache-class.ts';
import type { ObjectHeaders } from './layout.ts';
import { countFiles } from './report.ts';

/** A file that another tool stored. */
export interface StoredFile extends ObjectHeaders {
  readonly path: string;
}

/** The same, as S3 describes it. */
export interface StoredObject extends StoredFile {
  readonly size: number;
  readonly etag: string;
  /** Where S3 knows it. */
  readonly sha256?: string;
}

/** Paths of the manifest's own files that are gone, have other bytes, or came later. Pooled ones are others'; private ones no visitor gets. */
export function findChanged(
  { files }: Manifest,
  stored: readonly StoredObject[],
): readonly string[] {
  const own = new Map(files.flatMap((one) => (one.location === 'build' ? [[one.path, one]] : [])));
  const there = new Map(stored.map((one) => [one.path, one]));
  return [...new Set([...own.keys(), ...there.keys()])].filter((path) => {
    const [then, now] = [own.get(path), there.get(path)];
    if (then === undefined || now === undefined || then.size !== now.size) return true;
    // Of what `publish` stored S3 knows the hash; the ETag depends on how a bucket encrypts.
    return now.sha256 === undefined ? then.etag !== now.etag : then.sha256 !== now.sha256;
  });
}

/** What became of a build that another tool stored, and what its objects lack. */
export interface Adopted {
  readonly app: string;
  readonly build: string;
  readonly digest: string;
  /** It had a manifest before: nothing was written. */
  readonly alreadyPublished: boolean;
  readonly files: number;
  /** HTML files that don't name their build: the edge tells it by a header of its own then. */
  readonly unnamed: number;
  /** HTML files that browsers may go on using after a release. */
  readonly cachedByBrowsers: number;
  /** Files with an HTML name that are stored as something else. */
  readonly notAsHtml: number;
  /** An example of the last two, as `path (header)`. */
  readonly examples: readonly string[];
}

export function describeAdopted(
  { app, build, files }: Manifest,
  stored: readonly StoredFile[],
): Omit<Adopted, 'digest' | 'alreadyPublished'> {
  const pages = new Set(
    files.filter(({ cacheClass }) => cacheClass === 'document').map(({ path }) => path),
  );
  const documents = stored.filter(({ path }) => pages.has(path));
  const unnamed = documents.filter(({ metadata }) => metadata[BUILD_METADATA] !== build);
  const cached = documents.filter(
    ({ cacheControl }) => cacheControl !== cacheControlOf('document'),
  );
  const others = documents.filter(({ contentType }) => !/^(text\/html|.*xhtml)/i.test(contentType));
  return {
    app,
    build,
    files: files.length,
    unnamed: unnamed.length,
    cachedByBrowsers: cached.length,
    notAsHtml: others.length,
    examples: [
      ...cached.slice(0, 1).map(({ path, cacheControl }) => `${path} (${cacheControl || 'none'})`),
      ...others.slice(0, 1).map(({ path, contentType }) => `${path} (${contentType || 'none'})`),
    ],
  };
}

/** For people: adopting changes no object, so what they lack is said with what it means. */
export function renderAdopted(adopted: Adopted): string {
  const { app, build, digest, files, unnamed, cachedByBrowsers, notAsHtml, examples } = adopted;
  const verb = adopted.alreadyPublished ? 'is published already, nothing to adopt' : 'is adopted';
  const lacks = [
    [
      unnamed,
      `of HTML without ${BUILD_METADATA} metadata: the edge names its build by the header that its request function set.`,
    ],
    [
      cachedByBrowsers,
      'of HTML without cache-control no-cache: browsers may show an old one after a release, for as long as its own header says.',
    ],
    [
      notAsHtml,
      'with an HTML name stored as something else: browsers get them as they always did, without cookies of the edge.',
    ],
  ] as const;
  const shown = lacks.filter(([count]) => count > 0);
  return [
    `Build ${build} of ${app} ${verb}: ${countFiles(files)}, digest ${digest}.`,
    ...shown.map(([count, text]) => `  ${countFiles(count)} ${text}`),
    ...(examples.length > 0 ? [`  For example: ${examples.join(', ')}.`] : []),
    ...(shown.length > 0
      ? ['  Only a copy could change that; see policies/moving.md, "What adopted builds lack".']
      : []),
  ].join('\n');
}
