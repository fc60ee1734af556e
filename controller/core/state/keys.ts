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
  edgeCode: (hash: string) => `edge/${hash}.js`,
  codeRecord: (group: string) => `edge/${group}.json`,
} as const;

/** Whether other things than builds lie in this folder, by the names above. */
export function isReserved(app: string, folder: string): boolean {
  const others = [keys.pool(app), keys.pages(app), `${app}/environments/`, `${app}/untrusted/`];
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
