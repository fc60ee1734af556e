/** A build's manifest: the list of its files, written last and create-only. Without one a build does not exist. */

export const MANIFEST_VERSION = 1;

/**
 * How browsers and the edge may cache a file.
 * `document`: HTML, always revalidated by browsers; `mutable`: a name that may change bytes in the
 * next build, same rule; `immutable`: a name that carries a content hash, cached for a year.
 */
export type CacheClass = 'document' | 'mutable' | 'immutable';

export interface ManifestFile {
  /** Path below the build's root, no leading slash, `/` between segments. */
  readonly path: string;
  /** `build`: below the build prefix; `pool`: below the app's shared pool. */
  readonly location: 'build' | 'pool';
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  /** S3's ETag without quotes. */
  readonly etag: string;
  readonly contentType: string;
  readonly cacheClass: CacheClass;
}

export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  readonly app: string;
  readonly build: string;
  /** The publishing settings this build was laid out with. */
  readonly settings: PublishSettings;
  readonly files: readonly ManifestFile[];
}

/** Publishing settings of an app, at `<app>/settings.json`; defaults when absent. */
export interface PublishSettings {
  readonly spa: boolean;
  /** CloudFront path patterns: `*` any run of characters, `?` exactly one; a leading slash. */
  readonly pool: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  /** Where builds lie in the bucket. Absent: below `<app>/builds/`. */
  readonly root?: string | undefined;
}

export const DEFAULT_SETTINGS: PublishSettings = {
  spa: true,
  pool: { include: ['/assets/*'], exclude: [] },
};
