import type { EdgeFeature } from './features.ts';
import { GOLDEN_HOST } from './route.ts';
import type { Route } from './route.ts';

/** No policy can name this app: names are in small letters there. */
const APP = 'Golden';
const ENVIRONMENT = 'golden';

/** Like `GOLDEN_HOST`, with signed previews. */
export const GOLDEN_SIGNED_HOST = 'signed.' + GOLDEN_HOST;

/** What events on `GOLDEN_HOST` are decided by. */
export const GOLDEN_ROUTE: Route = {
  v: 1,
  gen: 1,
  app: APP,
  env: ENVIRONMENT,
  spa: 1,
  stable: ['stable', '0000000000000000'],
  canary: { build: ['canary', '1111111111111111'], weight: 5000, salt: 7 },
  kept: [['kept', '2222222222222222']],
  barred: ['barred'],
  pool: { include: ['/assets/*'], exclude: ['/assets/config.json'] },
  preview: 'open',
  origins: { elsewhere: 'https://www.example.com/v2' },
  untrusted: 1,
  cookies: ['Build-Number', 'Override'],
  gate: {
    paths: ['/gated/*'],
    open: 1,
    rate: 5000,
    salt: 7,
    page: '/waiting.html',
    status: 429,
    idle: 60,
    // Past the end of the golden session.
    cap: 4102444800,
  },
};

/** Everybody may know these keys: nothing but golden events is signed with them. */
const KEYS = '{"golden":{"p":"golden preview","v":"golden priority","s":"golden session"}}';

/** Signed with the golden keys, until 2100. */
export const GOLDEN_PREVIEW =
  '1~p~golden~next~4102444800~1a9TVrBQla7Kcqt-cll9F-uP0yOVDw6wHChW3cf_6v4';
export const GOLDEN_SESSION =
  '1~s~golden~0~1~4102444800~rIUOVmocVKKFHICZGt53tPW6PzzDJz5SwEYUhbNGpT0';

/** What must stand in the KeyValueStore, by key, before the golden cases of these features can run. */
export function goldenValuesOf(features: readonly EdgeFeature[]): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  values[GOLDEN_HOST] = JSON.stringify(GOLDEN_ROUTE);
  const isSigned = features.indexOf('signed') >= 0;
  if (isSigned) {
    values[GOLDEN_SIGNED_HOST] = JSON.stringify({ ...GOLDEN_ROUTE, preview: 'signed' });
  }
  if (isSigned || features.indexOf('gate') >= 0) values['keys/' + APP + '/' + ENVIRONMENT] = KEYS;
  return values;
}
