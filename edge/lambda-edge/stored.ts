import { orderToSign } from '../contract/kid.ts';
import type { Floor } from '../contract/route.ts';
import { isBuildNumber, readRoute } from '../core/read-route.ts';
import type { ReadableRoute } from '../core/read-route.ts';
import type { KeyRing } from '../core/token.ts';
import { callOperation } from './call-aws.ts';
import { createCache } from './cache.ts';
import { logFailure } from './log.ts';
import { mac } from './mac.ts';

/** What the controller stored in SSM, in the app's region: routes and keys. */

const inMemory = {
  maxAgeMillis: HEADGATE_CONFIG.routeMaxAgeSeconds * 1000,
  /** A visitor who finds an old value waits so long for a newer one. */
  refreshMillis: 300,
  failed: logFailure,
};

// All first reads of an event, made twice, must leave something of the 5 s that CloudFront gives it.
const routes = createCache<ReadableRoute>({
  ...inMemory,
  firstMillis: 1200,
  // A read that was overtaken by another, or of a parameter that was written back.
  mayReplace: (next, last) => next.gen >= last.gen,
});

// By now there is a connection.
const rings = createCache<KeyRing>({ ...inMemory, firstMillis: 500 });

/** undefined: it can't be read, and never could. */
export function fetchRoute([app, environment, region]: Floor): Promise<ReadableRoute | undefined> {
  const name = `/headgate/${app}/${environment}/route`;
  return routes(`${region} ${name}`, async () => {
    const output = await callOperation({ service: 'ssm', region }, 'GetParameter', { Name: name });
    const { Parameter } = output as { readonly Parameter: { readonly Value: string } };
    const route = readRoute(Parameter.Value);
    if (!route) throw new Error(`${name} is of a newer version`);
    if (!isWhole(route, app, environment)) throw new Error(`${name} is broken`);
    return route;
  });
}

/** In memory a broken one would shut out the whole ones of lower generations, which are put back in its place. */
function isWhole(route: ReadableRoute, app: string, environment: string): boolean {
  const { gen, stable, canary, kept, barred, pool } = route;
  const isOwn = route.app === app && route.env === environment;
  return (
    isOwn &&
    Number.isSafeInteger(gen) &&
    isBuildNumber(stable[0]) &&
    (canary === undefined || isBuildNumber(canary.build[0])) &&
    [kept, barred, pool.include, pool.exclude].every(Array.isArray)
  );
}

/** Both live keys; undefined: they can't be read, or there are none. */
export function fetchKeys(
  { app, env }: Pick<ReadableRoute, 'app' | 'env'>,
  region: string,
): Promise<KeyRing | undefined> {
  const folder = `/headgate/${app}/${env}/keys`;
  return rings(`${region} ${folder}`, async () => {
    const masters = await readMasters(folder, region);
    if (masters.length === 0) throw new Error(`no keys below ${folder}`);
    return deriveRing(masters, { app, env });
  });
}

interface Parameter {
  readonly Name: string;
  readonly Value: string;
}

async function readMasters(folder: string, region: string): Promise<readonly Parameter[]> {
  const masters: Parameter[] = [];
  let token: string | undefined;
  do {
    const page = (await callOperation({ service: 'ssm', region }, 'GetParametersByPath', {
      Path: folder,
      WithDecryption: true,
      ...(token === undefined ? {} : { NextToken: token }),
    })) as { readonly Parameters: readonly Parameter[]; readonly NextToken?: string };
    masters.push(...page.Parameters);
    token = page.NextToken;
  } while (token !== undefined);
  return masters;
}

/**
 * As the controller derives them for KeyValueStores: the two newest, and first the one that signs. Kids
 * grow with time.
 */
function deriveRing(
  masters: readonly Parameter[],
  { app, env }: Pick<ReadableRoute, 'app' | 'env'>,
): KeyRing {
  const named = masters.map(({ Name, Value }) => ({
    kid: Name.slice(Name.lastIndexOf('/') + 1),
    secret: Value,
  }));
  const newest = named.toSorted((a, b) => (a.kid < b.kid ? 1 : -1)).slice(0, 2);
  const maxAgeSeconds = HEADGATE_CONFIG.routeMaxAgeSeconds;
  return Object.fromEntries(
    orderToSign(newest, { now: Date.now(), maxAgeSeconds }).map(({ kid, secret }) => {
      const derive = (kind: string) => mac(secret, `headgate~1~${kind}~${app}~${env}`);
      return [kid, { p: derive('p'), v: derive('v'), s: derive('s') }];
    }),
  );
}
