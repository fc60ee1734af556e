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

/**
 * Request header that names the build or the origin: from one function to the next, and in the cache
 * key of apps with whole origins; response header for people.
 */
export const BUILD_HEADER = 'x-headgate-build';

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
  /** `signed`: only with a token for that very build. */
  readonly preview: 'open' | 'signed' | 'off';
  /** Sticky by session: seconds without a page after which a session ends. Absent: sticky by visitor. */
  readonly idle?: number;
  /** The first that matches decides, before split and canary. */
  readonly cohorts?: readonly Cohort[];
  /** A fixed test, drawn with a salt of its own; the canary's steps share out the visitors it leaves. */
  readonly split?: Split;
  readonly gate?: Gate;
  /** Whole origins, by the name under which the route speaks of them as of a build. */
  readonly origins?: Readonly<Record<string, OriginTarget>>;
  /** Where builds lie in the bucket, with a slash at both ends. Absent: `/<app>/builds/`. */
  readonly root?: string;
  /** 1: previews may be of untrusted builds, which lie below `/<app>/untrusted/`. */
  readonly untrusted?: 1;
  /** Cookies of an earlier set-up that still count: the page's build, and the mark of an override. */
  readonly cookies?: readonly [build: string, override: string];
  /** 1: the edge logs what visitors of a rollout meet, for the guard (`visitor-line.ts`). */
  readonly beacon?: 1;
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

/** Visitors that get a build before any share is drawn. All conditions that are given must hold. */
export interface Cohort {
  readonly build: BuildRef;
  /** A cookie's name, or its name and the value it must have. */
  readonly cookie?: readonly [name: string, value?: string];
  /** A header's name in lower case, and the value it must have. */
  readonly header?: readonly [name: string, value: string];
  /** Two-letter codes, as CloudFront-Viewer-Country says. */
  readonly country?: readonly string[];
  /** IPv4 or IPv6 addresses or prefixes that end at a separator: `203.0.113.`, `2001:db8:`. */
  readonly ip?: readonly string[];
}

export interface Split {
  /** Stays the same over rollouts, so that a visitor stays in their arm. */
  readonly salt: number;
  /** In basis points; together at most 10,000. One whose build is quarantined has stable in its place. */
  readonly arms: readonly { readonly build: BuildRef; readonly weight: number }[];
}

/** Who may pass the protected paths. Short names: it shares 1,000 bytes with all the rest. */
export interface Gate {
  /** Path patterns that are protected, and exceptions from them. */
  readonly paths: readonly string[];
  readonly except?: readonly string[];
  /** 0: nobody new without priority. */
  readonly open: 0 | 1;
  /** Share of visitors that is let in, in basis points: a sticky lottery by slot. */
  readonly rate: number;
  /** Makes this gate's lottery independent of the releases'. */
  readonly salt: number;
  /** Name of the cookie that carries a priority token. */
  readonly priority?: string;
  /** Priority tokens of generations below this are revoked. */
  readonly since?: number;
  /** Headers (lower case) whose presence lets a request pass. */
  readonly bypass?: readonly string[];
  /** Below `<app>/pages`, with a leading slash. */
  readonly page: string;
  readonly status: 200 | 202 | 429;
  /** Seconds: a session without a request, and in all. */
  readonly idle: number;
  readonly cap: number;
  /** Seconds since the epoch until which faults of the gate let people in. */
  readonly until?: number;
}

/** The id of one of the distribution's origins, or `https://host[:port][/path]`: it has `://` in it. */
export type OriginTarget = string;

export interface RollbackMarker {
  /** The barred build. */
  readonly build: BuildRef;
  /** `expired`: nobody approved it in time. */
  readonly reason: 'alarm' | 'no-data' | 'expired' | 'manual';
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
  /** Where the app's pages are; for Lambda@Edge, which has no origin at viewer-request. */
  bucket?: string | null,
  /** See `Route`. */
  root?: string,
];
