import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { EXIT } from '../../controller/core/errors.ts';
import { DEFAULT_SETTINGS } from '../../controller/core/state/manifest.ts';
import { type Cloud, startCloud } from '../../controller/local/cloud.ts';
import { openBrowser } from '../../controller/local/demo/browser.ts';
import { type Clients, createClients } from '../../controller/local/demo/clients.ts';
import { createHeadgate, type Headgate } from '../../controller/local/demo/headgate.ts';
import { waitFor } from '../../controller/local/demo/mismatch.ts';
import { createAccount } from '../end-to-end/by-hand/account.ts';
import { writePolicy } from '../end-to-end/policy.ts';

const PLACE = { bucket: 'acme-web-builds', region: 'us-east-1' };
const STORE = 'headgate-prod';
const HOST = 'shop.localhost';
const KEEP = 3;
const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** What a team brings. */
export interface SiteOptions {
  /** Directories of built apps by build number; the first is what the policy names first. */
  readonly builds: Readonly<Record<string, string>>;
  readonly pool: readonly string[];
  /** On every response. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An app that the local cloud serves, released with the command line. */
export interface Site {
  readonly url: string;
  readonly cloud: Cloud;
  readonly clients: Clients;
  readonly distribution: string;
  /** Names the build in the policy, for everyone at once, and reconciles. */
  release(build: string): Promise<void>;
  /** Ends the release by hand: stable serves everyone, the build is quarantined. */
  rollback(): Promise<void>;
  /** Keeps no builds served before any more. */
  keepNone(): Promise<void>;
  /** A signed link to a build, for this site. */
  preview(build: string): Promise<URL>;
  close(): Promise<void>;
}

/** Sets an account up and publishes the builds; nothing is released yet. */
export async function openSite(options: SiteOptions): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-site-'));
  // Nothing here is about waiting: the edge sees every write at once.
  const fast = { speed: 100, propagationSeconds: 0 };
  const cloud = await startCloud({ directory: join(directory, 'cloud'), ...fast });
  const clients = await createClients(cloud.environment);
  const [distribution = ''] = await createAccount(clients, {
    app: 'shop',
    bucket: PLACE.bucket,
    buckets: [PLACE.bucket],
    stores: [STORE],
    alarms: [],
    distributions: [
      {
        environment: 'prod',
        region: PLACE.region,
        hosts: [HOST],
        pool: { include: options.pool, exclude: [] },
        headers: options.headers,
      },
    ],
  });
  // Without the optimising compiler, on which a process that lives for a second spends a fifth of it.
  const headgate = createHeadgate(['--no-opt', CLI], cloud.environment);
  const account = { directory, cloud, clients, distribution, headgate };
  await publishAll(account, options);
  return composeSite(account, options);
}

interface Account {
  readonly directory: string;
  readonly cloud: Cloud;
  readonly clients: Clients;
  readonly distribution: string;
  readonly headgate: Headgate;
}

function composeSite(account: Account, { pool }: SiteOptions): Site {
  const { directory, cloud, clients, distribution, headgate } = account;
  const from = ['--policies', join(directory, 'policies')];
  const url = `http://${HOST}:${new URL(cloud.edgeUrl).port}`;
  let named = '';
  const reconcile = async (keep: number) => {
    await writePolicy(directory, composePolicy({ build: named, keep }, { pool, distribution }));
    await headgate(['reconcile', ...from]);
  };
  return {
    url,
    cloud,
    clients,
    distribution,
    async release(build) {
      named = build;
      await reconcile(KEEP);
      await waitForBuild(cloud, build);
    },
    keepNone: () => reconcile(0),
    async rollback() {
      await headgate(['rollback', 'shop', 'prod', ...from], EXIT.rolledBack);
    },
    async preview(build) {
      const printed = await headgate(['preview', 'shop', 'prod', build, ...from]);
      const { pathname, search } = new URL(printed.trim());
      return new URL(pathname + search, url);
    },
    async close() {
      for (const client of Object.values(clients) as { destroy(): void }[]) client.destroy();
      await cloud.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function publishAll(account: Account, options: SiteOptions): Promise<void> {
  const { directory, distribution, headgate } = account;
  const { builds, pool } = options;
  const [build = ''] = Object.keys(builds);
  await writePolicy(directory, composePolicy({ build, keep: KEEP }, { pool, distribution }));
  const from = ['--policies', join(directory, 'policies')];
  // Nothing to release yet, but from here on `publish` knows which files are pooled.
  if (!isDeepStrictEqual(pool, DEFAULT_SETTINGS.pool.include)) {
    await headgate(['reconcile', ...from], EXIT.usage);
  }
  const publishing = Object.entries(builds).map(([number, built]) =>
    headgate(['publish', built, '--bucket', PLACE.bucket, '--app', 'shop', '--build', number]),
  );
  await Promise.all([headgate(['keys', 'rotate', 'shop', 'prod', ...from]), ...publishing]);
}

function composePolicy(
  { build, keep }: { readonly build: string; readonly keep: number },
  { pool, distribution }: { readonly pool: readonly string[]; readonly distribution: string },
) {
  const group = { runtime: 'cloudfront-functions', keyValueStore: STORE, ...PLACE };
  const prod = {
    hosts: [HOST],
    edge: { group: 'prod', distribution },
    // As long as it bakes, it can be rolled back.
    release: { build, bake: '1h', keep },
    preview: { access: 'signed' },
    pinnedUrls: true,
  };
  const start = { apiVersion: 'headgate/v1' };
  return {
    edge: { ...start, groups: { prod: group } },
    app: { ...start, app: 'shop', ...PLACE, pool: { include: pool }, environments: { prod } },
  };
}

/** Until the functions are associated and answer with it. */
async function waitForBuild({ edgeUrl }: Cloud, build: string): Promise<void> {
  const browser = openBrowser(edgeUrl, HOST);
  await waitFor({
    what: 'The edge',
    expected: build,
    seconds: 60,
    ask: async () => (await browser.navigate('/_headgate/build')).body.toString(),
    reached: (body) => body.includes(`"build":"${build}"`),
  });
}
