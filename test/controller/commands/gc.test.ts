import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../../controller/commands/build.ts';
import { gc } from '../../../controller/commands/gc.ts';
import { HeadgateError, UsageError } from '../../../controller/core/errors.ts';
import { encodeManifest } from '../../../controller/core/publish/manifest-text.ts';
import { DEFAULT_SETTINGS } from '../../../controller/core/state/manifest.ts';
import type { Context } from '../../../controller/ports/context.ts';
import type { GitHub } from '../../../controller/ports/github.ts';
import { createPullRequestRun } from '../../fakes/pull-request.ts';
import { useCloud } from '../adapters/aws/cloud-context.ts';

const BUCKET = 'acme-web-builds';
const held = useCloud();
let client: S3Client;

const POLICIES: Record<string, string> = {
  'edge.yaml': `apiVersion: headgate/v1
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: ${BUCKET}, region: us-east-1 }
`,
  'shop.yaml': `apiVersion: headgate/v1
app: shop
bucket: ${BUCKET}
region: us-east-1
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E2QWRUHAPOMQZL }
    release: { build: "2" }
`,
};

beforeAll(async () => {
  client = new S3Client(held.cloud.config());
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const number of ['1', '2', '3']) {
    await put(`shop/builds/${number}/index.html`, 'html');
    await run(build, ['adopt', number], { bucket: BUCKET, app: 'shop' });
  }
});

const ROUTE = JSON.stringify({
  v: 1,
  gen: 2,
  app: 'shop',
  env: 'prod',
  stable: ['1', 'one'],
  kept: [],
  barred: [],
});

type Through = (context: Context) => Context;

async function put(Key: string, Body: string | Uint8Array) {
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentType: 'text/html' }));
}

const remove = (Key: string) => client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));

async function run(
  command: typeof gc,
  positionals: readonly string[],
  values: Record<string, unknown>,
  through: Through = (same) => same,
) {
  const printed: string[] = [];
  const terminal = {
    interactive: false,
    print: (text: string) => void printed.push(text),
    note: () => {},
    progress: () => {},
    summary: async () => {},
  };
  const files = {
    ...held.context.files,
    list: async () => Object.keys(POLICIES),
    readText: async (path: string) => POLICIES[path.split('/').at(-1) ?? ''],
  };
  try {
    const given = { positionals, values: values as never };
    const code = await command.run(given, through({ ...held.context, terminal, files }));
    return { code, said: printed.join('\n') };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return { code: error.exitCode, said: `${printed.join('\n')}\n${error.message}` };
  }
}

const collect = (values: Record<string, unknown> = {}, through?: Through) =>
  run(gc, [], { keep: '9', younger: '0.001s', ...values }, through);
const list = async () => (await run(build, ['list'], { bucket: BUCKET, app: 'shop' })).said;

it('says what it would do, and does nothing', async () => {
  const { code, said } = await collect({ keep: '1' });
  expect(code).toBe(0);
  expect(said).toMatch(/retire build \d: published .*, and nothing needs it; .* after the grace/);
  expect(said).toContain('keeps 2: named by the policy');
  expect(said).toContain('a month in all');
  expect(said).toContain('Add --apply');
  expect(await list()).toBe('1\n2\n3');
});

it('retires what nothing needs, and brings back what is needed again', async () => {
  const { code, said } = await collect({ keep: '1', apply: true, json: true });
  expect(code).toBe(0);
  const { apps } = JSON.parse(said) as {
    apps: [{ retired: { build: string }[]; deleted: unknown[] }];
  };
  const [{ retired, deleted }] = apps;
  expect(retired).toHaveLength(1);
  expect(deleted).toEqual([]);
  const [gone = ''] = retired.map((one) => one.build);
  expect((await list()).split('\n')).not.toContain(gone);
  const lease = { build: gone, expires: new Date(Date.now() + 60_000).toISOString() };
  await put(`shop/leases/preview/${gone}.json`, JSON.stringify(lease));
  expect((await collect({ apply: true })).said).toContain('its manifest comes back');
  expect(await list()).toBe('1\n2\n3');
  await remove(`shop/leases/preview/${gone}.json`);
});

it('keeps what visitors get, though the run that made it live died before it told the record', async () => {
  const routes = {
    read: async () => ({ revision: '1', arn: '', values: new Map([['shop.example.com', ROUTE]]) }),
  };
  const record = {
    version: 1,
    app: 'shop',
    environment: 'prod',
    generation: 1,
    route: '',
    hosts: [],
    phase: 'idle',
    stable: { build: '2', digest: '2' },
    kept: [],
    quarantine: [],
    store: 'headgate-prod',
    last: {
      generation: 1,
      at: '2026-03-01T00:00:00Z',
      by: 'ada',
      event: 'first-release',
      why: '',
      from: '',
      to: '2',
      evidence: [],
    },
  };
  await put('shop/environments/prod/record.json', JSON.stringify(record));
  const live: Through = (context) => ({
    ...context,
    routes: { ...context.routes, ...routes, remember: () => {} },
  });
  const { said } = await collect({ keep: '1' }, live);
  expect(said).toContain('keeps 1: on a live route');
  expect((await collect({ keep: '1' })).said).toContain('because of a doubt');
  await remove('shop/environments/prod/record.json');
});

it('takes edge code that no record names away in two steps', async () => {
  const hash = '0123456789abcdef';
  const archive = held.context.archive({ bucket: BUCKET, region: undefined });
  await put(`edge/${hash}.js`, 'code');
  expect((await collect()).said).toContain('1 file (4 B) would be retired: no code record names');
  expect(await archive.has(hash)).toBe(true);
  expect((await collect({ apply: true })).said).toContain('1 file (4 B) retired');
  expect(await archive.has(hash)).toBe(false);
  expect((await collect({ apply: true })).said).toContain('1 file wait for the end of theirs');
  const at = new Date(Date.now() - 25 * 3_600_000).toISOString();
  await put(`edge/gc/${hash}.json`, JSON.stringify({ version: 1, hash, at, code: 'code' }));
  expect((await collect({ apply: true })).said).toContain('past their grace deleted');
  expect((await collect()).said).toContain(`Of edge code in bucket ${BUCKET}: nothing to delete`);
});

it('brings edge code back that a record names', async () => {
  const [hash, code, at] = ['fedcba9876543210', 'code', new Date().toISOString()];
  await put(`edge/gc/${hash}.json`, JSON.stringify({ version: 1, hash, at, code }));
  const release = { hash: '1', request: hash, response: '2', features: [], at, quiet: true };
  const record = { version: 1, group: 'prod', releases: [release] };
  await put('edge/prod.json', JSON.stringify(record));
  expect((await collect({ apply: true })).said).toContain('1 file brought back');
  const archive = held.context.archive({ bucket: BUCKET, region: undefined });
  expect(await archive.read(hash)).toBe(code);
  await remove('edge/prod.json');
  await remove(`edge/${hash}.js`);
});

it.each([
  ['shop/environments/prod/record.json', '{', 'is not JSON'],
  ['shop/environments/old/history/0000000001.json', '{}', 'record of shop/old is lost'],
  ['shop/leases/publish/9.json', '{}', 'is not what this version of Headgate writes there'],
  ['edge/gc/1.json', '{}', 'nothing is deleted: edge/gc/1.json is not what'],
  ['shop/builds/9/.headgate/manifest.json', '{"version":9}', 'not a file that this version'],
])('stops at the doubt of %s', async (key, text, doubt) => {
  await put(key, text);
  const { code, said } = await collect({ apply: true });
  expect(code).toBe(3);
  expect(said).toContain(doubt);
  await remove(key);
  expect(await list()).toBe('1\n2\n3');
});

it('leaves parts alone that somebody may be sending', async () => {
  const file = { Bucket: BUCKET, Key: 'shop/builds/4/video.mp4' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(file));
  const { said } = await collect({ apply: true });
  expect(said).toContain('Unfinished uploads of shop: 1 file younger than the grace period.');
  await client.send(new AbortMultipartUploadCommand({ ...file, UploadId }));
  const json = JSON.parse((await collect({ json: true })).said) as { unfinished: unknown };
  expect(json.unfinished).toEqual([
    { app: 'shop', isApplied: false, givenUp: [], underWay: 0, young: 0 },
  ]);
});

it('leaves an app out that has a root of its own, and says so', async () => {
  await put(
    'shop/settings.json',
    JSON.stringify({ spa: true, pool: { include: [], exclude: [] }, root: 'web/' }),
  );
  const { code, said } = await collect();
  expect(code).toBe(0);
  expect(said).not.toContain('keeps');
  expect(await collect({ app: 'shop' })).toMatchObject({ code: 2 });
  await remove('shop/settings.json');
});

describe('builds of pull requests', () => {
  const names = ['pr-1-7-1', 'pr-2-7-1', 'pr-3-7-1', 'pr-4-7-1', 'pr-x'];
  const keyOf = (name: string) => `shop/untrusted/builds/${name}/.headgate/manifest.json`;

  async function publishAll() {
    for (const name of names) {
      const repository = name.startsWith('pr-3') ? 'acme/other' : 'acme/shop';
      const url = `https://github.com/${repository}/actions/runs/7`;
      const made = { at: new Date().toISOString(), trust: 'untrusted', run: url } as const;
      const settings = DEFAULT_SETTINGS;
      const manifest = { version: 2, app: 'shop', build: name, settings, made, files: [] } as const;
      await put(keyOf(name), encodeManifest(manifest).bytes);
    }
  }

  /** GitHub knows pull requests 1 (open), 2 and 3 (closed). */
  const asRun = (stateOf: (number: number) => Promise<'open' | 'closed' | undefined>) => {
    return (context: Context): Context => ({
      ...createPullRequestRun(1).through(context),
      surroundings: {
        ...createPullRequestRun(1).through(context).surroundings,
        facts: async () => ({ by: 'ada', commit: undefined }),
      },
      github: { pullRequests: { stateOf } } as Partial<GitHub> as GitHub,
    });
  };
  const known = asRun(async (number) => ([undefined, 'open', 'closed', 'closed'] as const)[number]);
  const keptOf = async (values: Record<string, unknown>, through = known) => {
    const { said } = await collect({ ...values, json: true }, through);
    const { apps } = JSON.parse(said) as { apps: [{ kept: { build: string; why: string }[] }] };
    return Object.fromEntries(
      apps[0].kept
        .filter(({ build: name }) => name.startsWith('pr-'))
        .map((one) => [one.build, one.why]),
    );
  };

  it('stay while their pull request is open, or nobody can tell', async () => {
    await publishAll();
    expect(await keptOf({ github: true })).toEqual({
      'pr-1-7-1': 'pull request 1 is open',
      'pr-3-7-1': 'pull request 3 of acme/other may be open',
      'pr-4-7-1': 'pull request 4 may be open',
      'pr-x': 'its name tells no pull request',
    });
    expect(Object.keys(await keptOf({}))).toEqual(names);
    expect(Object.keys(await keptOf({ open: '2,3' }))).toEqual(['pr-2-7-1', 'pr-3-7-1', 'pr-x']);
    const down = asRun(() => Promise.reject(new UsageError('GitHub does not answer.', '')));
    expect(Object.keys(await keptOf({ github: true }, down))).toEqual(names);
  });

  it('come back when it is opened again', async () => {
    await publishAll();
    await collect({ github: true, apply: true }, known);
    expect(await list()).not.toContain('pr-2-7-1');
    const reopened = asRun(async () => 'open');
    const { said } = await collect({ github: true, apply: true }, reopened);
    expect(said).toContain('build pr-2-7-1 is needed again');
    for (const name of names) await remove(keyOf(name));
  });
});

it.each([
  [{ open: '1', github: true }, '--open and --github'],
  [{ keep: '0' }, '--keep must be'],
  [{ grace: '10m' }, '--grace must be 1h or more'],
  [{ open: 'pr-1' }, 'not a list of pull requests'],
  [{ app: 'other' }, 'no policy of other'],
])('refuses %o', async (values, message) => {
  const { code, said } = await collect(values);
  expect(code).toBe(2);
  expect(said).toContain(message);
});
