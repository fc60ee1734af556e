import {
  CreateCachePolicyCommand,
  GetDistributionCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { createServer, request, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCertificate } from '../controller/local/edge/certificate.ts';
import { full, tellSkipped } from '../depth.ts';
import { readLive } from './live.ts';
import { composePolicy, HOSTS, type Policy, type Release } from './policy.ts';
import { createSetting, type Setting } from './setting.ts';

interface App {
  readonly server: ReturnType<typeof createServer | typeof createSecureServer>;
  readonly port: number;
  /** What it was asked, as `GET /path?query`. */
  readonly asked: string[];
}

let setting: Setting;
let blue: App;
let green: App;

beforeAll(async () => {
  [setting, blue, green] = await Promise.all([createSetting([]), open('blue'), open('green')]);
});

afterAll(async () => {
  for (const { server } of [blue, green]) server.close().closeAllConnections();
  await setting.close();
});

/** An app server that says who it is, and lets `/kept` be cached. The green one speaks HTTPS. */
async function open(name: string): Promise<App> {
  const asked: string[] = [];
  const listener: RequestListener = (incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const isKept = incoming.url?.includes('/kept') === true;
    response.setHeader('cache-control', isKept ? 'max-age=60' : 'no-store');
    response.setHeader('content-type', 'text/html');
    const line = asked.at(-1);
    void text(incoming).then((body) => response.end(`${name} ${line} ${body}`));
  };
  const server =
    name === 'green' ? createSecureServer(makeCertificate(), listener) : createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve));
  return { server, port: (server.address() as AddressInfo).port, asked };
}

function policyOf(release: Release): Policy {
  const policy = composePolicy(setting.distributions, { prod: release });
  const origins = {
    blue: { id: 'blue-app' },
    green: { url: `https://localhost:${green.port}/v2` },
  };
  return { ...policy, app: { ...policy.app, origins } };
}

async function reconcile(release: Release) {
  const result = await setting.run(['reconcile'], { policy: policyOf(release) });
  // Until the distribution is deployed.
  await readLive(setting);
  return result;
}

/** What policies/README.md asks for: the origin, all methods, the build in the cache key. */
async function prepareDistribution(): Promise<void> {
  const { cloudFront } = setting.clients;
  const made = await cloudFront.send(
    new CreateCachePolicyCommand({
      CachePolicyConfig: {
        Name: 'headgate-origins',
        MinTTL: 0,
        DefaultTTL: 0,
        MaxTTL: 31_536_000,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: false,
          HeadersConfig: {
            HeaderBehavior: 'whitelist',
            Headers: { Quantity: 1, Items: ['x-headgate-build'] },
          },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'all' },
        },
      },
    }),
  );
  const Id = setting.distributions.prod;
  const live = await cloudFront.send(new GetDistributionCommand({ Id }));
  const config = live.Distribution?.DistributionConfig;
  if (config?.DefaultCacheBehavior === undefined) throw new Error('the setting has a distribution');
  const { port } = blue;
  const origin = {
    Id: 'blue-app',
    DomainName: 'localhost',
    CustomOriginConfig: {
      HTTPPort: port,
      HTTPSPort: 443,
      OriginProtocolPolicy: 'http-only' as const,
    },
  };
  const origins = [...(config.Origins?.Items ?? []), origin];
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] as const;
  await cloudFront.send(
    new UpdateDistributionCommand({
      Id,
      IfMatch: live.ETag,
      DistributionConfig: {
        ...config,
        // It would be asked for in the place of `/`.
        DefaultRootObject: '',
        Origins: { Quantity: origins.length, Items: origins },
        DefaultCacheBehavior: {
          ...config.DefaultCacheBehavior,
          CachePolicyId: made.CachePolicy?.Id,
          AllowedMethods: {
            Quantity: methods.length,
            Items: [...methods],
            CachedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] },
          },
        },
      },
    }),
  );
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks the edge as a page load, or with a body as what a page sends. */
function ask(path: string, { slot = 0, body }: { slot?: number; body?: string } = {}) {
  const cookie = `hg_slot=${slot}`;
  const headers = { host: HOSTS.prod, cookie, 'sec-fetch-mode': 'navigate', accept: 'text/html' };
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(new URL(path, setting.cloud.edgeUrl), { headers, method }, (response) => {
      const { statusCode: status, headers: received } = response;
      text(response).then(
        (content) => resolve({ status, headers: received, body: content }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

tellSkipped('a release of whole origins');

it.skipIf(!full)(
  'two servers take turns behind one distribution: half of the visitors, no mixed answers, and back',
  { timeout: 300_000 },
  async () => {
    const unprepared = await reconcile({ build: 'blue' });
    expect(unprepared.code).toBe(3);
    expect(unprepared.stdout).toContain('caches without x-headgate-build in its key');
    expect(unprepared.stdout).toContain('has no origin with the id "blue-app"');

    await prepareDistribution();
    const released = await reconcile({ build: 'blue' });
    expect(released.code, released.stdout + released.stderr).toBe(0);
    const page = await ask('/orders/7?page=2&page=3');
    expect(page).toMatchObject({ status: 200, body: 'blue GET /orders/7?page=2&page=3 ' });
    expect((await ask('/orders', { body: 'tea' })).body).toBe('blue POST /orders tea');

    const steps = [{ weight: '50%', hold: '1h' }];
    const half = await reconcile({ build: 'green', steps });
    expect(half.code, half.stdout + half.stderr).toBe(0);
    const slots = Array.from({ length: 20 }, (_, slot) => slot);
    const pages = await Promise.all(slots.map((slot) => ask('/', { slot })));
    const apps = pages.map(({ body }) => body.split(' ')[0]);
    expect(new Set(pages.map(({ body }) => body))).toEqual(
      new Set(['blue GET / ', 'green GET /v2/ ']),
    );
    for (const slot of [...slots, ...slots]) {
      expect((await ask('/kept', { slot })).body.split(' ')[0], `slot ${slot}`).toBe(apps[slot]);
    }
    const keptBy = ({ asked }: App) => asked.filter((line) => line.endsWith('/kept'));
    expect([keptBy(blue), keptBy(green)]).toEqual([['GET /kept'], ['GET /v2/kept']]);

    const back = await setting.run(['rollback', 'shop', 'prod'], {
      policy: policyOf({ build: 'green', steps }),
    });
    expect(back.code, back.stdout + back.stderr).toBe(5);
    const after = await Promise.all(slots.map((slot) => ask('/kept', { slot })));
    expect(new Set(after.map(({ body }) => body))).toEqual(new Set(['blue GET /kept ']));
    expect(keptBy(blue)).toHaveLength(1);
  },
);
