/** A build's manifest: the list of its files, written last and create-only. Without one a build does not exist. */

/** What is written. Version 1 is read, too: what was published with it is served and compared for ever. */
export const MANIFEST_VERSION = 2;
export type ManifestVersion = 1 | typeof MANIFEST_VERSION;

/**
 * How browsers and the edge may cache a file.
 * `document`: HTML, always revalidated by browsers; `mutable`: a name that may change bytes in the
 * next build, same rule; `immutable`: a name that carries a content hash, cached for a year.
 */
export const CACHE_CLASSES = ['document', 'mutable', 'immutable'] as const;
export type CacheClass = (typeof CACHE_CLASSES)[number];

/** `build`: below the build prefix; `pool`: below the app's shared pool; `private`: where no visitor gets it. */
export const LOCATIONS = ['build', 'pool', 'private'] as const;

/** Of the ref that a build was made from: of untrusted ones it lies below `<app>/untrusted/`. */
export const TRUSTS = ['protected', 'untrusted'] as const;

export interface ManifestFile {
  /** Path below the build's root, no leading slash, `/` between segments. */
  readonly path: string;
  readonly location: (typeof LOCATIONS)[number];
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  /** S3's ETag without quotes. */
  readonly etag: string;
  readonly contentType: string;
  readonly cacheClass: CacheClass;
  /** Bytes; present where the file was sent in parts. */
  readonly partSize?: number;
}

/** Who made a build, from what and when. Nothing compares it: the same files are the same build. */
export interface Made {
  /** ISO 8601. */
  readonly at: string;
  readonly trust: (typeof TRUSTS)[number];
  readonly commit?: string;
  /** `refs/heads/main`. */
  readonly ref?: string;
  /** The URL of the run of GitHub Actions. */
  readonly run?: string;
  /** `headgate 1.2.0`. */
  readonly tool?: string;
  /** Another tool stored the files: their headers are not ours. */
  readonly adopted?: true;
}

export interface Manifest {
  readonly version: ManifestVersion;
  readonly app: string;
  readonly build: string;
  /** The publishing settings this build was laid out with. */
  readonly settings: PublishSettings;
  /** Absent in version 1. */
  readonly made?: Made;
  readonly files: readonly ManifestFile[];
}

/** Whose manifest it is, by its own words; somebody may have copied it to where another one belongs. */
export type BuildName = Pick<Manifest, 'app' | 'build'>;

export function isSameBuild(one: BuildName, other: BuildName): boolean {
  return one.app === other.app && one.build === other.build;
}

/** What files of a pattern are stored with, where their names alone say otherwise. */
export interface HeaderRule {
  /** Like a pattern of the pool. */
  readonly files: string;
  readonly cache?: 'immutable' | 'mutable' | undefined;
  /** A content type, as it is sent. */
  readonly type?: string | undefined;
}

/** Publishing settings of an app, at `<app>/settings.json`; defaults when absent. */
export interface PublishSettings {
  readonly spa: boolean;
  /** CloudFront path patterns: `*` any run of characters, `?` exactly one; a leading slash. */
  readonly pool: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  /** `tree`: pooled files lie below the build's prefix, too, which has all of it then. Absent: in the pool only. */
  readonly layout?: 'pool' | 'tree' | undefined;
  /** Where builds lie in the bucket. Absent: below `<app>/builds/`. */
  readonly root?: string | undefined;
  /** In order; absent: none. */
  readonly headers?: readonly HeaderRule[] | undefined;
  /** Absent: private. */
  readonly sourceMaps?: 'private' | 'public' | undefined;
}

export const DEFAULT_SETTINGS: PublishSettings = {
  spa: true,
  pool: { include: ['/assets/*'], exclude: [] },
};
