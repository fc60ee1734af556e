import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { bootstrap } from '../../controller/commands/bootstrap.ts';
import { publish } from '../../controller/commands/publish.ts';
import { reconcile } from '../../controller/commands/reconcile.ts';
import { EXIT } from '../../controller/core/errors.ts';
import { waitFor } from '../../controller/local/demo/mismatch.ts';
import { listen } from '../../controller/local/http/listen.ts';
import { DATA, listAccount, listKinds } from '../controller/commands/bootstrap/inventory.ts';
import { EDGE, openAccount, SHOP, type Account } from '../controller/commands/bootstrap/set-up.ts';
import { full, tellSkipped } from '../depth.ts';
import { forward } from './forward.ts';
import type { Setting } from './setting.ts';

const SLOW = 300_000;

tellSkipped('bootstrap on Lambda@Edge and with crashes');

const opened: Setting[] = [];
afterEach(async () => {
  for (const setting of opened.splice(0)) await setting.close();
});

/** Whatever comes after so many requests is refused, as if the computer were gone. */
async function startMortalProxy(target: string, requests: number) {
  let left = requests;
  const server = await listen(0, () =>
    createServer((incoming, outgoing) => {
      void (async () => {
        const body = await buffer(incoming);
        left -= 1;
        if (left < 0) {
          outgoing.writeHead(403, { 'content-type': 'text/plain' }).end();
          return;
        }
        const answer = await forward(target, incoming, body);
        outgoing.writeHead(answer.status, answer.headers).end(answer.body);
      })();
    }),
  );
  return { endpoint: `http://localhost:${server.port}`, close: () => server.close() };
}

/**
 * Dies again and again, each time `step` requests later; returns how often. How many requests a
 * run takes hangs on how often it polls, so how often it dies does too.
 */
async function persevere(account: Account, step: number, args: readonly string[]): Promise<number> {
  const { endpoint } = account.setting.cloud;
  for (let runs = 0; runs < 60; runs += 1) {
    const proxy = await startMortalProxy(endpoint, 3 + runs * step);
    const whole = [...args, '--policies', account.policies];
    const { code } = await account.run(bootstrap, whole, proxy.endpoint);
    await proxy.close();
    if (code === EXIT.done) return runs;
  }
  throw new Error('it never ended well');
}

describe.skipIf(!full)('bootstrap', () => {
  it(
    'waits for the replicas of a Lambda@Edge function, and keeps its table',
    { timeout: SLOW },
    async () => {
      // Their ten minutes are five, as many as this test has: they never end too soon.
      const account = await openAccount({ speed: 2 });
      opened.push(account.setting);
      const empty = await listAccount(account.setting);
      await account.writePolicies({ edge: EDGE.replace(/groups:[^]*/, LAMBDA_EDGE) });
      const made = await account.bootstrap('--deploy');
      expect(made.code, made.stderr).toBe(EXIT.done);
      await release(account);
      const destroy = ['--destroy', '--confirm', 'headgate'];
      const first = await account.bootstrap(...destroy);
      expect(first.code, first.stderr).toBe(EXIT.moved);
      expect(first.stdout).toContain('headgate-prod waits for CloudFront to remove its replicas');
      expect(first.stdout).toContain('table sessions');
      const waiting = await listAccount(account.setting);
      expect(waiting['stacks'] ?? []).toEqual([]);
      expect(waiting['lambdas']).toEqual(['us-east-1 headgate-prod']);
      // The same account, where ten minutes are over by now.
      const later = await account.fork({ speed: 1000 });
      const last = await later.bootstrap(...destroy);
      expect(last.code, last.stderr).toBe(EXIT.done);
      const { logGroups = [], parameters: _, ...left } = await listAccount(later.setting);
      expect(left).toEqual({ ...empty, buckets: ['acme-edge', 'acme-web-builds'] });
      expect(logGroups).not.toEqual([]);
      for (const group of logGroups) {
        expect(first.stdout).toContain(String(group.split(' ')[1]));
      }
      const data = [...DATA, 'dynamodb/tables'];
      expect(data).toEqual(expect.arrayContaining([...(await listKinds(later.setting))]));
    },
  );

  it('lets an alarm reach the fast lane, which rolls back', { timeout: SLOW }, async () => {
    const account = await openAccount();
    opened.push(account.setting);
    const { cloudWatch } = account.setting.clients;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const { endpoint } = account.setting.cloud;
    const s3 = new S3Client({ endpoint, region: 'eu-west-1', forcePathStyle: true, credentials });
    expect((await account.bootstrap('--deploy')).code).toBe(EXIT.done);
    await release(account);
    const steps = '{ build: "1042", steps: [{ weight: 50%, hold: 1h }] }';
    const policy = (await account.readPolicy()).replace('{ build: "1041" }', steps);
    await account.writePolicies({ shop: policy });
    await release(account, '1042');
    const alarm = { AlarmName: 'shop-prod-errors', StateReason: 'a test' };
    await cloudWatch.send(new SetAlarmStateCommand({ ...alarm, StateValue: 'ALARM' }));
    const Key = 'shop/environments/prod/record.json';
    const phase = await waitFor({
      what: 'Phase of shop/prod',
      expected: 'held',
      seconds: 60,
      ask: async () => {
        const read = await s3.send(new GetObjectCommand({ Bucket: 'acme-web-builds', Key }));
        return (JSON.parse(String(await read.Body?.transformToString())) as { phase: string })
          .phase;
      },
      reached: (answer) => answer === 'held',
    });
    expect(phase).toBe('held');
  });

  it(
    'makes a bucket first where a template is too large for a request',
    { timeout: SLOW },
    async () => {
      const account = await openAccount();
      opened.push(account.setting);
      // Each of a name's bytes is in the template.
      const names = Array.from(
        { length: 20 },
        (_, index) => `${'x'.repeat(60)}.${index}.localhost`,
      );
      for (const app of Array.from({ length: 12 }, (_, index) => `app${index}`)) {
        const hosts = names.map((name) => `${app}.${name}`).join(', ');
        const text = SHOP.replace('app: shop', `app: ${app}`).replace('shop.localhost', hosts);
        await writeFile(join(account.policies, `${app}.yaml`), text);
      }
      const { code, stdout, stderr } = await account.bootstrap('--deploy');
      expect(code, stdout + stderr).toBe(EXIT.done);
      expect(stderr.match(/^Stack headgate in us-east-1(, which is new)?:$/gm)).toEqual([
        'Stack headgate in us-east-1, which is new:',
        'Stack headgate in us-east-1:',
      ]);
      expect((await listAccount(account.setting))['distributions']).toHaveLength(13);
    },
  );

  it('ends well, however often it dies', { timeout: SLOW }, async () => {
    const account = await openAccount();
    opened.push(account.setting);
    const whole = await openAccount();
    opened.push(whole.setting);
    await whole.bootstrap('--deploy');
    expect(await persevere(account, 3, ['--deploy'])).toBeGreaterThan(3);
    const { distributions, ...made } = await listAccount(account.setting);
    const { distributions: others, ...wanted } = await listAccount(whole.setting);
    expect(made).toEqual(wanted);
    expect(distributions).toHaveLength(others?.length ?? 0);
    await release(account);
    const destroy = ['--destroy', '--confirm', 'headgate'];
    expect(await persevere(account, 2, destroy)).toBeGreaterThan(3);
    const { buckets, stacks, functions } = await listAccount(account.setting);
    expect({ buckets, stacks, functions }).toEqual({ buckets: ['acme-edge', 'acme-web-builds'] });
  });
});

const LAMBDA_EDGE = `groups:
  prod:
    runtime: lambda-edge
    role: arn:aws:iam::000000000000:role/headgate-edge
    bucket: acme-edge
    region: us-east-1
    sessions: { table: sessions, regions: [us-east-1, eu-west-1], cookie: session }
`;

async function release(account: Account, build = '1041'): Promise<void> {
  const directory = join(account.setting.directory, `build-${build}`);
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(join(directory, 'index.html'), `<script src="/assets/${build}.js"></script>`);
  await writeFile(join(directory, `assets/${build}.js`), build);
  const place = ['--bucket', 'acme-web-builds', '--region', 'eu-west-1', '--app', 'shop'];
  const published = await account.run(publish, [directory, ...place, '--build', build]);
  expect(published.code, published.stderr).toBe(EXIT.done);
  const again = () => account.run(reconcile, ['--policies', account.policies]);
  let reconciled = await again();
  // The fast lane runs in this account, too: who comes second looks once more.
  while (reconciled.code === EXIT.moved) reconciled = await again();
  expect(reconciled.code, reconciled.stderr + reconciled.stdout).toBe(EXIT.done);
}
