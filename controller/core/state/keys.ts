/** Where everything is stored. One place, so that nothing else spells a key. */

export const keys = {
  build: (app: string, build: string) => `${app}/builds/${build}/`,
  manifest: (app: string, build: string) => `${app}/builds/${build}/.headgate/manifest.json`,
  pool: (app: string) => `${app}/pool/`,
  /** Waiting and error pages. */
  pages: (app: string) => `${app}/pages/`,
  settings: (app: string) => `${app}/settings.json`,
  record: (app: string, environment: string) => `${app}/environments/${environment}/record.json`,
  /** Zero-padded so that a listing is in order of generation. */
  history: (app: string, environment: string, generation: number) =>
    `${app}/environments/${environment}/history/${String(generation).padStart(10, '0')}.json`,
  historyPrefix: (app: string, environment: string) =>
    `${app}/environments/${environment}/history/`,
  edgeCode: (hash: string) => `edge/${hash}.js`,
  codeRecord: (group: string) => `edge/${group}.json`,
} as const;

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
