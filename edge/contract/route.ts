/**
 * The route: the one JSON document the edge reads, and the only thing the edge and the
 * controller share. It is one KeyValueStore value, so one read per request, and one value can
 * never be seen half-written.
 */

export const ROUTE_VERSION = 1;

/** CloudFront refuses KeyValueStore values over 1 KB; 1,000 bytes leave room for nothing else. */
export const ROUTE_BYTES_LIMIT = 1000;

/** Object metadata that names the build on every HTML file; S3 serves it as `x-amz-meta-<this>`. */
export const BUILD_METADATA = 'headgate-build';

/** Key of the route that golden events are run against; never a host that can resolve. */
export const GOLDEN_HOST = 'golden.headgate.invalid';

/** The edge refuses open previews of this many quarantined builds, the newest. */
export const BARRED_LIMIT = 8;

/** A build as the edge names it: its number, and the first 16 hex digits of its manifest's SHA-256. */
export type BuildRef = readonly [build: string, digest: string];

export interface Route {
  readonly v: typeof ROUTE_VERSION;
  /** Grows with every route, never goes back. */
  readonly gen: number;
  readonly app: string;
  readonly env: string;
  /** 1: navigations that name no file get /index.html. */
  readonly spa: 0 | 1;
  readonly stable: BuildRef;
  readonly canary?: Canary;
  /** Builds served before, newest first; open pages may still ask for their files. */
  readonly kept: readonly BuildRef[];
  /** Numbers of quarantined builds, newest first, at most BARRED_LIMIT: no open preview of these. */
  readonly barred: readonly string[];
  /** CloudFront path patterns of files that live in the shared pool. */
  readonly pool: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  readonly preview: 'open' | 'off';
  /** Present after a rollback, until the next rollout starts: what was barred, why, when. */
  readonly rollback?: RollbackMarker;
}

export interface Canary {
  readonly build: BuildRef;
  /** Share of visitors in basis points, 0 to 10,000. */
  readonly weight: number;
  /** Makes each rollout pick other people: the generation at which this rollout began. */
  readonly salt: number;
}

export interface RollbackMarker {
  /** The barred build. */
  readonly build: BuildRef;
  readonly reason: 'alarm' | 'no-data' | 'manual';
  /** Seconds since the epoch. */
  readonly at: number;
  /** Generation of the rollback; names this rollback for ever (`lift` in the policy refers to it). */
  readonly gen: number;
}

/**
 * Host -> app, environment, region, stable build, and whether it is a SPA (absent: it is): what a
 * function serves when its route can't be read.
 */
export type FloorTable = Readonly<Record<string, Floor>>;

export type Floor = readonly [
  app: string,
  env: string,
  region: string,
  build: string,
  spa?: Route['spa'],
];
