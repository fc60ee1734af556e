import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reconcile as reconcileCommand } from '../../controller/commands/reconcile.ts';
import { killAt, type Result } from './command.ts';
import { readLive } from './live.ts';
import { composePolicy, type Policy, type Release } from './policy.ts';
import { startProxy } from './proxy.ts';
import { runInProcess } from './run-in-process.ts';
import { A, B, createSetting, type RunOptions, type Setting } from './setting.ts';

const SECRET = 'a-secret-that-is-printed-nowhere';
const PARAMETER = '/headgate/shop/prod/webhook';
const HOLD_MILLISECONDS = 1000;

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

async function serve(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The edge of a setting, which can be made to answer every page of a preview with 500. */
async function serveSite(setting: Setting) {
  const state = { isBroken: false, edgeUrl: setting.cloud.edgeUrl };
  const listening = await serve((incoming, outgoing) => {
    if (state.isBroken && incoming.url === '/') return void outgoing.writeHead(500).end();
    const { headers, url = '/' } = incoming;
    request(new URL(url, state.edgeUrl), { headers }, (answer) => {
      void buffer(answer).then((body) =>
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers).end(body),
      );
    }).end();
  });
  return { ...listening, state };
}

/** A receiver that counts nothing whose signature is wrong. */
async function serveReceiver() {
  const state = { status: 204 };
  const events: string[] = [];
  const listening = await serve((incoming, outgoing) => {
    void text(incoming).then((body) => {
      const [, t = '', mac] =
        /^t=(\d+),v1=(\w+)$/.exec(String(incoming.headers['x-headgate-signature'])) ?? [];
      const isSigned = mac === createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex');
      const { event } = JSON.parse(body) as { event: string };
      const name = `${String(incoming.headers['x-headgate-event'])} ${isSigned ? event : 'FORGED'}`;
      if (state.status < 300) events.push(name);
      outgoing.writeHead(state.status).end();
    });
  });
  return { ...listening, state, events };
}

interface Stage {
  readonly setting: Setting;
  readonly site: Awaited<ReturnType<typeof serveSite>>;
  readonly receiver: Awaited<ReturnType<typeof serveReceiver>>;
}

let staged: Stage;
const printed: string[] = [];
beforeAll(async () => {
  const setting = await createSetting([A, B]);
  const secret = { Name: PARAMETER, Value: SECRET, Type: 'SecureString' } as const;
  await setting.clients.ssm.send(new PutParameterCommand(secret));
  staged = { setting, site: await serveSite(setting), receiver: await serveReceiver() };
});
afterAll(async () => {
  await Promise.all([staged.site.close(), staged.receiver.close(), staged.setting.close()]);
});

function policyOf(release: Release & { readonly smoke?: readonly object[] }): Policy {
  const { edge, app } = composePolicy(staged.setting.distributions, { prod: release });
  const environments = app['environments'] as Record<'prod', object>;
  const prod = {
    ...environments.prod,
    preview: { access: 'signed' },
    notify: { url: `${staged.receiver.url}/hook`, secretParameter: PARAMETER },
  };
  return { edge, app: { ...app, environments: { prod } } };
}

const steps = [{ weight: '5%', hold: `${HOLD_MILLISECONDS / 1000}s` }];
const next = () => policyOf({ build: B, steps, smoke: [{ path: '/', contains: 'app-' }] });

async function run(
  setting: Setting,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  staged.site.state.edgeUrl = setting.cloud.edgeUrl;
  const env = { HEADGATE_EDGE_ENDPOINT: staged.site.url };
  const result = await setting.run(args, { policy: next(), env, ...options });
  printed.push(result.stdout, result.stderr);
  return result;
}

/** In this process, whose pauses between tries are short; one that is killed has a process of its own. */
async function reconcile(
  setting: Setting,
  { policy = next(), hook }: RunOptions = {},
): Promise<Pick<Result, 'code' | 'stdout' | 'stderr' | 'writes'>> {
  if (hook) return run(setting, ['reconcile'], { policy, hook });
  staged.site.state.edgeUrl = setting.cloud.edgeUrl;
  const proxy = await startProxy(setting.cloud.endpoint, async () => true);
  const environment = {
    ...setting.cloud.environment,
    AWS_ENDPOINT_URL: proxy.endpoint,
    HEADGATE_EDGE_ENDPOINT: staged.site.url,
  };
  const through = { ...setting, cloud: { ...setting.cloud, environment } };
  const result = await runInProcess(through, reconcileCommand, { args: [], policy, speed: 100 });
  await proxy.close();
  printed.push(result.stdout, result.stderr);
  return { ...result, writes: proxy.writes };
}

let crashing: Setting;

it(
  'a build that fails its smoke check is blocked before the first step and rolled back after it, and its end is told once',
  { timeout: 300_000 },
  async () => {
    const { setting, site, receiver } = staged;
    const first = policyOf({ build: A });
    const rotated = await run(setting, ['keys', 'rotate', 'shop', 'prod'], { policy: first });
    expect(rotated.code, rotated.stderr).toBe(0);
    expect(await reconcile(setting, { policy: first })).toMatchObject({ code: 0 });
    expect(receiver.events.splice(0)).toEqual(['shop/prod/1 first-release']);

    site.state.isBroken = true;
    const blocked = await reconcile(setting);
    expect(blocked.code).toBe(3);
    expect(blocked.stdout).toContain('smoke: GET / answered 500 instead of 200, 3 times');
    // The policy itself is kept for the fast lane.
    expect(blocked.writes).toEqual(['PutObject shop/policies.json']);

    site.state.isBroken = false;
    const started = await reconcile(setting);
    expect(started.code, started.stdout).toBe(0);
    expect(started.stdout).toContain('evidence: smoke: GET / answered 200');
    crashing = await setting.fork();

    site.state.isBroken = true;
    receiver.state.status = 503;
    await sleep(HOLD_MILLISECONDS);
    const ended = await reconcile(setting);
    expect(ended.code, ended.stdout).toBe(5);
    expect((await readLive(setting)).record).toMatchObject({ phase: 'held', untold: 3 });
    expect(ended.stderr).toContain('was not told of generation 3 (it answered 503)');
    expect(receiver.events).toEqual([]);

    receiver.state.status = 204;
    expect(await reconcile(setting)).toMatchObject({ code: 0 });
    expect(await reconcile(setting)).toMatchObject({ code: 0, writes: [] });
    expect(receiver.events.splice(0)).toEqual(['shop/prod/3 rolled-back']);
    expect(printed.join('\n')).not.toContain(SECRET);
  },
);

it(
  'a run that is killed loses no event and tells none under two names',
  { timeout: 300_000 },
  async () => {
    const { receiver } = staged;
    // The edge has gone back and nothing else knows; the next run finds it, and has told everyone when it dies.
    const first = await reconcile(crashing, { hook: killAt(1, 'after') });
    expect(first).toMatchObject({ code: null, writes: [expect.stringContaining('UpdateKeys')] });
    expect(receiver.events).toEqual([]);
    const dying = await reconcile(crashing, {
      hook: async (moment, _write, kill) => {
        if (moment === 'before' && receiver.events.length > 0) await kill();
      },
    });
    expect(dying.code).toBeNull();
    expect(await reconcile(crashing)).toMatchObject({ code: 0 });
    expect(await reconcile(crashing)).toMatchObject({ code: 0, writes: [] });
    expect(new Set(receiver.events)).toEqual(new Set(['shop/prod/3 rolled-back']));
    expect((await readLive(crashing)).history).toEqual([1, 2, 3]);
  },
);
