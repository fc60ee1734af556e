import { createAppAuth } from '@octokit/auth-app';
import { retry } from '@octokit/plugin-retry';
import { throttling, type ThrottlingOptions } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import packageFile from '../../../package.json' with { type: 'json' };
import type { Credentials } from './credentials.ts';
import { createFetch } from './fetch-whole.ts';
import { createPace, UNPACED } from './pace.ts';
import { createPatience } from './patience.ts';

/** What tests make shorter. */
export interface Pace {
  /** A second: before the second try, four before the third, and what limits are counted in. */
  readonly secondMilliseconds: number;
  /** Of one request with its answer. */
  readonly timeoutMilliseconds: number;
  readonly write: { readonly burst: number; readonly interval: number };
}

export const PACE: Pace = {
  secondMilliseconds: 1000,
  timeoutMilliseconds: 10_000,
  write: { burst: 20, interval: 1000 },
};

/** After the first. */
const RETRIES = 2;

/** Another try gets the same answer, or, of a limit, is the throttling plugin's business. */
const NO_RETRY = [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 451];

/** Without it GitHub may answer in the form of a later one. */
const API_VERSION = '2022-11-28';

/** What goes wrong is thrown; the plugins' own words would be noise, with paths and no next step. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface ClientOptions {
  /** undefined: api.github.com. */
  readonly baseUrl: string | undefined;
  readonly pace: Pace;
}

type LimitHandler = NonNullable<ThrottlingOptions['onRateLimit']>;

const Client = Octokit.plugin(throttling, retry);

export type { Octokit };

/** For requests of one identity; `installation` of a GitHub App, undefined: as the App itself. */
export function createClient(
  credentials: Credentials,
  { baseUrl, pace }: ClientOptions,
  installation?: number,
): Octokit {
  const patience = createPatience();
  const mayWait = (...[seconds, , , tries]: Parameters<LimitHandler>) =>
    tries < RETRIES && patience.spend(seconds);
  const client = new Client({
    ...authOf(credentials, installation),
    ...(baseUrl && { baseUrl }),
    userAgent: `headgate/${packageFile.version}`,
    log: SILENT,
    request: { fetch: createFetch(pace.timeoutMilliseconds) },
    retry: {
      retries: RETRIES,
      doNotRetry: NO_RETRY,
      retryAfterBaseValue: pace.secondMilliseconds,
    },
    throttle: {
      write: createPace(pace.write),
      notifications: UNPACED,
      retryAfterBaseValue: pace.secondMilliseconds,
      onRateLimit: mayWait,
      onSecondaryRateLimit: mayWait,
    },
  });
  client.hook.before('request', ({ headers }) => {
    headers['x-github-api-version'] = API_VERSION;
  });
  return client;
}

function authOf(credentials: Credentials, installation: number | undefined) {
  if (credentials.kind === 'token') return { auth: credentials.token };
  const { appId, privateKey } = credentials;
  const auth = {
    appId,
    privateKey,
    ...(installation !== undefined && { installationId: installation }),
  };
  return { authStrategy: createAppAuth, auth };
}
