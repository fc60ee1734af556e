import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parameters } from '../../controller/core/state/keys.ts';
import { killAt } from './command.ts';
import { readLive } from './live.ts';
import { composePolicy, HOSTS, type Policy } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';

let setting: Setting;
beforeAll(async () => {
  setting = await createSetting([A, B]);
});
afterAll(() => setting.close());

it(
  'a rotation that was killed between SSM and the edge is finished by the next run, and no secret is printed',
  { timeout: 300_000 },
  async () => {
    const policy = composePolicy(setting.distributions, { prod: { build: A } });
    const rotate = ['keys', 'rotate', 'shop', 'prod'];
    const folder = parameters.keys('shop', 'prod');
    const killed = await setting.run(rotate, { policy, hook: killAt(1, 'after') });
    expect(killed.writes).toEqual([expect.stringContaining(`PutParameter ${folder}/k`)]);
    expect((await readLive(setting)).store).toEqual({});

    const { code, stdout, stderr, writes } = await setting.run(rotate, { policy });
    expect(code, stderr).toBe(0);
    expect(writes).toEqual(['UpdateKeys keys/shop/prod']);
    const [kid = '', keys = {}] =
      Object.entries(
        JSON.parse(String((await readLive(setting)).store['keys/shop/prod'])) as Record<
          string,
          Record<string, string>
        >,
      )[0] ?? [];
    expect(stdout).toContain(kid);
    const { Parameters = [] } = await setting.clients.ssm.send(
      new GetParametersByPathCommand({ Path: folder, WithDecryption: true }),
    );
    const secrets = [...Parameters.map(({ Value }) => String(Value)), ...Object.values(keys)];
    expect(secrets).toHaveLength(4);
    for (const secret of secrets) {
      expect(`${killed.stdout}${killed.stderr}${stdout}${stderr}`).not.toContain(secret);
    }
  },
);

it(
  'a signed link shows one browser another build on the edge, and one that was tampered with does not',
  { timeout: 300_000 },
  async () => {
    const mine = await setting.fork();
    const policy = signPreviews(composePolicy(mine.distributions, { prod: { build: A } }));
    for (const args of [['keys', 'rotate', 'shop', 'prod', '--wait', '1s'], ['reconcile']]) {
      const { code, stdout, stderr } = await mine.run(args, { policy });
      expect(code, stdout + stderr).toBe(0);
    }
    const { stdout } = await mine.run(['preview', 'shop', 'prod', B], { policy });
    const { pathname, search } = new URL(stdout.trim());
    await readLive(mine);
    const opened = await open(mine, pathname + search);
    expect({ status: opened.status, location: opened.headers.location }).toEqual({
      status: 302,
      location: '/',
    });
    const cookie = opened.headers['set-cookie']?.map((line) => line.split(';')[0]).join('; ');
    expect((await open(mine, '/', cookie)).body).toContain(`app-${B}.js`);
    expect((await open(mine, '/')).body).toContain(`app-${A}.js`);
    const forged = await open(mine, '/', cookie?.replace(`~${B}~`, `~${A}~`));
    expect(forged.body).toContain(`app-${A}.js`);
  },
);

function signPreviews(policy: Policy): Policy {
  const environments = policy.app['environments'] as { prod: Record<string, unknown> };
  const prod = { ...environments.prod, preview: { access: 'signed' } };
  return { ...policy, app: { ...policy.app, environments: { prod } } };
}

interface Opened {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

// Not fetch(): it refuses to send another Host than the address's own.
function open({ cloud }: Setting, path: string, cookie = ''): Promise<Opened> {
  const headers = { host: HOSTS.prod, cookie, 'sec-fetch-mode': 'navigate', accept: 'text/html' };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, cloud.edgeUrl), { headers }, (response) => {
      const { statusCode: status, headers: received } = response;
      text(response).then((body) => resolve({ status, headers: received, body }), reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
