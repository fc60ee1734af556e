import {
  type DistributionConfig,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUCKET, composePolicy, REGION, type Policy } from './policy.ts';
import { A, createSetting, type Setting } from './setting.ts';
import { createPerson, type Person, type Received } from './visitor.ts';

/** The gate as a team sets it up, asked over HTTP: every change of it is a reconcile of its policy. */

const WAITING = 'Please wait';
const SHOP = 'The shop';

let setting: Setting;
/** What `headgate priority` printed: the cookie that passes, and the sample's wrong one. */
let right: Readonly<Record<string, string>>;
let wrong: Readonly<Record<string, string>>;

beforeAll(async () => {
  setting = await createSetting([]);
  await allowForms(setting.distributions.prod);
  const place = ['--bucket', BUCKET, '--app', 'shop', '--region', REGION];
  const build = await write('build', {
    'index.html': `<h1>${SHOP}</h1>`,
    'shop/cart.json': '{"items":[]}',
  });
  const pages = await write('pages', { 'waiting/index.html': `<h1>${WAITING}</h1>` });
  await succeed(['publish', build, '--build', A, ...place]);
  await succeed(['publish', '--pages', pages, ...place]);
  const policy = compose({ rate: '0%' });
  await succeed(['keys', 'rotate', 'shop', 'prod'], policy);
  await succeed(['reconcile'], policy);
  const cookie = await succeed(['priority', 'shop', 'prod', 'member-4711'], policy);
  const [, name = '', value = ''] = /^(\w+)=([^;]+); /.exec(cookie) ?? [];
  right = { [name]: value };
  wrong = { [name]: `${value}1` };
}, 300_000);
afterAll(() => setting.close());

function compose(gate: Readonly<Record<string, unknown>>): Policy {
  const { edge, app } = composePolicy(setting.distributions, { prod: { build: A } });
  const { prod } = app['environments'] as { prod: object };
  const whole = {
    protect: ['/shop/*'],
    page: '/waiting/index.html',
    priority: { cookie: 'premium' },
    ...gate,
  };
  return { edge, app: { ...app, environments: { prod: { ...prod, gate: whole } } } };
}

/** What somebody with the pull request's rights does. */
const setGate = (gate: Readonly<Record<string, unknown>>) =>
  succeed(['reconcile'], compose(gate)).then(() => sleep(60));

async function succeed(args: readonly string[], policy?: Policy): Promise<string> {
  const { code, stdout, stderr } = await setting.run(args, policy && { policy });
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

async function write(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(setting.directory, name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

/** A distribution takes GET and HEAD until somebody asks for more. */
async function allowForms(Id: string): Promise<void> {
  const { cloudFront } = setting.clients;
  const { DistributionConfig, ETag } = await cloudFront.send(
    new GetDistributionConfigCommand({ Id }),
  );
  const config = DistributionConfig as DistributionConfig;
  const Items = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] as const;
  const AllowedMethods = { Quantity: Items.length, Items: [...Items] };
  const DefaultCacheBehavior = { ...config.DefaultCacheBehavior, AllowedMethods };
  const changed = { ...config, DefaultCacheBehavior } as DistributionConfig;
  await cloudFront.send(
    new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig: changed }),
  );
}

const person = (cookies?: Readonly<Record<string, string>>): Person =>
  createPerson(setting, cookies);

/** In the sample's words. */
function nameOf({ status, body }: Received): string {
  if (body.includes(SHOP) && status === 200) return 'the shop';
  return body.includes(WAITING) ? `please wait, ${status}` : `HTTP ${status}: ${body}`;
}

const visit = async (cookies?: Readonly<Record<string, string>>) =>
  nameOf(await person(cookies).open('/shop/'));

const names = (jar: Person['jar']) => [...jar.keys()].toSorted();

// https://github.com/jmcwhirter/visitor-prioritization, README. `…value1` is its wrong cookie.
describe('the visitor-prioritization sample, accepting with rate 0', () => {
  it('the right priority credential gets the shop', async () => {
    expect(await visit(right)).toBe('the shop');
  });

  it('a wrong one (value1) gets "please wait"', async () => {
    expect(await visit(wrong)).toBe('please wait, 429');
  });

  it('no credential gets "please wait"', async () => {
    expect(await visit()).toBe('please wait, 429');
  });

  it('what is not protected is open to everyone', async () => {
    expect(nameOf(await person().open('/'))).toBe('the shop');
  });
});

describe('whoever is held', () => {
  it('gets a page that nobody stores, a time to come back, and keeps the slot', async () => {
    const held = person();
    const { headers } = await held.open('/shop/');
    expect(headers).toMatchObject({
      'content-type': expect.stringContaining('text/html') as string,
      'cache-control': 'no-store',
      'retry-after': '30',
    });
    expect(names(held.jar)).toEqual(['hg_slot']);
    const slot = held.jar.get('hg_slot');
    await held.open('/shop/');
    expect(held.jar.get('hg_slot')).toBe(slot);
  });

  it.each([{}, { 'x-requested-with': 'XMLHttpRequest', accept: 'text/html' }])(
    'gets JSON and a header when a script asks: %o',
    async (more) => {
      const { status, headers, body } = await person().fetch('/shop/cart.json', more);
      expect([status, JSON.parse(body)]).toEqual([429, { gate: 'wait' }]);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'x-headgate-gate': 'wait',
        'cache-control': 'no-store',
        'retry-after': '30',
      });
    },
  );

  it('gets 429 for a form', async () => {
    const { status, headers } = await person().open('/shop/orders', 'POST');
    expect([status, headers['x-headgate-gate']]).toEqual([429, 'wait']);
  });
});

/** One page: each file of it asked for after the other, with the cookies that were set by then. */
async function load(someone: Person, requests: number): Promise<readonly string[]> {
  const got: string[] = [];
  for (let index = 0; index < requests; index++) {
    const { status, body } = await someone.fetch('/shop/cart.json');
    got.push(body === '{"items":[]}' ? 'served' : `HTTP ${status}: ${body}`);
  }
  return got;
}

const served = (requests: number) => Array.from({ length: requests }, () => 'served');

interface Outcome {
  readonly person: Person;
  /** What the first request got. */
  readonly first: Received;
}

/** Strangers come until one gets in and one doesn't: at 40 % a hundred are enough for every world. */
async function findBoth(): Promise<{ admitted: Outcome; held: Outcome }> {
  let admitted: Outcome | undefined;
  let held: Outcome | undefined;
  for (let left = 100; left > 0 && !(admitted && held); left--) {
    const stranger = person();
    const first = await stranger.open('/shop/');
    if (nameOf(first) === 'the shop') admitted ??= { person: stranger, first };
    else held ??= { person: stranger, first };
    expect(['the shop', 'please wait, 202']).toContain(nameOf(first));
  }
  if (!admitted || !held) throw new Error('everyone got the same');
  return { admitted, held };
}

let admitted: Outcome;
let held: Person;

it(
  'a page of 30 requests that begins without cookies is served whole while the rate is raised and lowered, and after closing',
  { timeout: 300_000 },
  async () => {
    await setGate({ rate: '40%', status: 202 });
    const both = await findBoth();
    admitted = both.admitted;
    held = both.held.person;
    const visitor = admitted.person;
    expect(names(visitor.jar)).toContain('__Host-hg_admit');
    expect(names(held.jar)).toEqual(['hg_slot']);

    const [first] = await Promise.all([load(visitor, 9), setGate({ rate: '100%' })]);
    // The sample with rate 1.
    expect(await Promise.all([visit(), visit(wrong), visit(right)])).toEqual(
      Array.from({ length: 3 }, () => 'the shop'),
    );

    const lowered = setGate({ rate: '0%', status: 200 });
    const [second] = await Promise.all([load(visitor, 10), lowered]);
    const third = await load(visitor, 10);
    expect([...first, ...second, ...third]).toEqual(served(29));
    // It is the session that keeps them: the slot alone is below no rate any more.
    const slot = { hg_slot: String(visitor.jar.get('hg_slot')) };
    expect(await visit(slot)).toBe('please wait, 200');

    await setGate({ accepting: false, rate: '100%' });
    expect(await load(visitor, 30)).toEqual(served(30));
    expect([await visit(), await visit(wrong), await visit(slot)]).toEqual(
      Array.from({ length: 3 }, () => 'please wait, 429'),
    );
  },
);

it('the waiting page of one visitor is never what another one gets, at the same address', async () => {
  for (const _ of [1, 2]) {
    expect(nameOf(await held.open('/shop/'))).toBe('please wait, 429');
    expect(nameOf(await admitted.person.open('/shop/'))).toBe('the shop');
  }
});

// On purpose: the sample sends them away too. Closing a shop ends the entry, and nobody's visit.
it('differs from the sample with accepting=false: priority and admitted visitors still pass', async () => {
  expect(await visit()).toBe('please wait, 429');
  expect(await visit(right)).toBe('the shop');
  expect(nameOf(await admitted.person.open('/shop/'))).toBe('the shop');
});

it('the session is for this host only, hidden from scripts, and refused when its holder changes it', async () => {
  const lines = admitted.first.headers['set-cookie'] ?? [];
  const line = lines.find((one) => one.startsWith('__Host-hg_admit='));
  expect(line).toMatch(/^__Host-hg_admit=1~s~\w+~\d+~\d+~\d+~[\w-]{43}; Path=\/; Secure; /);
  expect(line).toMatch(/; SameSite=Lax; HttpOnly; Max-Age=1800$/);
  expect(line).not.toMatch(/domain/i);
  const session = String(admitted.person.jar.get('__Host-hg_admit'));
  const longer = session.replace(/(\d)(~[\w-]{43})$/, (_, digit: string, mac: string) => {
    return `${digit}0${mac}`;
  });
  expect(longer).not.toBe(session);
  expect(await visit({ '__Host-hg_admit': session })).toBe('the shop');
  expect(await visit({ '__Host-hg_admit': longer })).toBe('please wait, 429');
});
