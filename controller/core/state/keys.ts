/** Where everything is stored. One place, so that nothing else spells a key. */
import { isUntrusted } from './build.ts';
import type { HistoryEntry } from './record.ts';

/** Whose builds, and where they lie if not below `<app>/builds/`: '' or `some/prefix/`. */
export interface Home {
  readonly app: string;
  readonly root?: string | undefined;
}

export const keys = {
  /** The folder of all builds; those of untrusted refs have their own. */
  builds: ({ app, root }: Home) => root ?? `${app}/builds/`,
  untrustedBuilds: (app: string) => `${app}/untrusted/builds/`,
  build: (home: Home, build: string) =>
    `${isUntrusted(build) ? keys.untrustedBuilds(home.app) : keys.builds(home)}${build}/`,
  manifest: (home: Home, build: string): string =>
    `${keys.build(home, build)}.headgate/manifest.json`,
  /** What a build has and no visitor gets. Distributions may read nothing below `.headgate/`. */
  privateFiles: (home: Home, build: string): string =>
    `${keys.build(home, build)}.headgate/private/`,
  /** What is attested of it: Sigstore bundles, one or as JSON lines. */
  provenance: (home: Home, build: string): string =>
    `${keys.build(home, build)}.headgate/provenance.json`,
  pool: (app: string) => `${app}/pool/`,
  /** Pooled files that only builds of untrusted refs have. */
  untrustedPool: (app: string) => `${app}/untrusted/pool/`,
  /** Waiting and error pages. */
  pages: (app: string) => `${app}/pages/`,
  settings: (app: string) => `${app}/settings.json`,
  /** The texts of its policy, for the fast lane. */
  policyCopy: (app: string) => `${app}/policies.json`,
  record: (app: string, environment: string) => `${app}/environments/${environment}/record.json`,
  /** Zero-padded so that a listing is in order of generation. */
  history: (app: string, environment: string, generation: number) =>
    `${app}/environments/${environment}/history/${String(generation).padStart(10, '0')}.json`,
  /** After that of its generation: it has none of its own. */
  pauseHistory: (app: string, environment: string, { generation, at, event }: HistoryEntry) =>
    keys.history(app, environment, generation).replace(/json$/, `${event}-${at}.json`),
  historyPrefix: (app: string, environment: string) =>
    `${app}/environments/${environment}/history/`,
  /** Publishes in flight, and builds that somebody has a preview link to: what collections leave alone. */
  publishLeases: (app: string) => `${app}/leases/publish/`,
  untrustedPublishLeases: (app: string) => `${app}/untrusted/leases/publish/`,
  /** Where the publisher's role may write. */
  publishLease: (app: string, build: string) =>
    `${isUntrusted(build) ? keys.untrustedPublishLeases(app) : keys.publishLeases(app)}${build}.json`,
  /** Which build was published last; a hint. */
  latest: (app: string, trust: 'protected' | 'untrusted') =>
    `${app}/${trust === 'untrusted' ? 'untrusted/' : ''}publish/latest.json`,
  previewLeases: (app: string) => `${app}/leases/preview/`,
  untrustedPreviewLeases: (app: string) => `${app}/untrusted/leases/preview/`,
  /** Where the job of a pull request, which gives out its links, may write. */
  previewLease: (app: string, build: string) =>
    `${isUntrusted(build) ? keys.untrustedPreviewLeases(app) : keys.previewLeases(app)}${build}.json`,
  /** What collections remember; no build's name begins with a dot. */
  tombstones: (app: string) => `${app}/gc/`,
  tombstone: (app: string, build: string) => `${keys.tombstones(app)}${build}.json`,
  collection: (app: string) => `${app}/gc/.running.json`,
  edgeCode: (hash: string) => `edge/${hash}.js`,
  /** What collections remember of edge code. */
  codeTombstones: () => 'edge/gc/',
  codeTombstone: (hash: string) => `${keys.codeTombstones()}${hash}.json`,
  codeCollection: () => `${keys.codeTombstones()}.running.json`,
  codeRecord: (group: string) => `edge/${group}.json`,
} as const;

/** Whether other things than builds lie in this folder, by the names above. */
export function isReserved(app: string, folder: string): boolean {
  const names = ['environments', 'untrusted', 'leases', 'gc', 'publish'];
  const others = [keys.pool(app), keys.pages(app), ...names.map((name) => `${app}/${name}/`)];
  return folder === `${app}/` || ['edge/', ...others].some((one) => folder.startsWith(one));
}

export const parameters = {
  activeBuild: (app: string, environment: string) => `/headgate/${app}/${environment}/active-build`,
  route: (app: string, environment: string) => `/headgate/${app}/${environment}/route`,
  /** The folder of the master keys, one parameter per kid. */
  keys: (app: string, environment: string) => `/headgate/${app}/${environment}/keys`,
} as const;

/** In the KeyValueStore, beside the routes: no host has a slash. */
export function derivedKeysKey(app: string, environment: string): string {
  return `keys/${app}/${environment}`;
}
