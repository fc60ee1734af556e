import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { Floor, FloorTable, Route } from '../../../edge/contract/route.ts';
import type { Field } from '../../../edge/core/fields.ts';
import { readToken } from '../../../edge/core/token.ts';
import type { LambdaResponse } from '../../../edge/lambda-edge/event.ts';
import { floor, NAVIGATE, route } from '../../vectors/edge.ts';
import { gate, gateVectors } from '../../vectors/gate.ts';
import type { GateVector } from '../../vectors/gate.ts';
import { startAws } from '../../vectors/lambda-aws.ts';
import type { AwsRequest, ScriptedAws } from '../../vectors/lambda-aws.ts';
import { loadLambda } from '../../vectors/lambda-engine.ts';
import type { LambdaHandler } from '../../vectors/lambda-engine.ts';
import { toLambdaRequest, toLambdaResponse, toOutput } from '../../vectors/lambda-event.ts';
import type { LambdaOutput } from '../../vectors/lambda-event.ts';
import { keys, MASTERS, NOW } from '../../vectors/tokens.ts';

const compose = () =>
  composeLambdaEdge(['signed', 'gate', 'pinned'], { routeMaxAgeSeconds: 10 }).then(
    ({ code }) => code,
  );

describe('every vector', () => {
  // Routes by what they say: vectors share them, and so the hosts, the regions and what is in memory.
  const routes = [...new Set(gateVectors.map((vector) => JSON.stringify(vector.route)))];
  const hostOf = (stored: string) => `g${routes.indexOf(stored)}.example.com`;
  let aws: ScriptedAws;
  let handler: LambdaHandler;
  beforeAll(async () => {
    aws = await startAws((request) => answerRead(routes, request));
    const table: FloorTable = Object.fromEntries(
      routes.map((stored, index) => [
        hostOf(stored),
        ['shop', (JSON.parse(stored) as Route).env, `r${index}`, '1039', 1, 'pages-bucket'],
      ]),
    );
    handler = loadLambda(withFloor(await compose(), table), {
      environment: aws.environment,
      now: () => NOW * 1000,
    });
  });
  afterAll(() => aws.close());

  // In one test: a thousand names would say no more than the first difference does.
  it('is held, or passes, as in CloudFront Functions', async () => {
    for (const vector of gateVectors) {
      const { doubled = {}, request } = vector;
      const event = toLambdaRequest({ ...request, doubled }, hostOf(JSON.stringify(vector.route)));
      // One after the other, as an instance gets them.
      const output = await handler(event);
      if (vector.expect === 'free')
        expect('uri' in output && output.uri).toMatch(/^\/shop\/builds\//);
      else expect([vector.name, render(output, vector)]).toEqual([vector.name, vector.expect]);
    }
  });

  it('read each route, each ring and each page once', () => {
    const reads = aws.requests
      .filter(({ input }) => !JSON.stringify(input).includes('keyless'))
      .map(({ operation, region, input }) => `${region} ${operation} ${JSON.stringify(input)}`);
    expect(new Set(reads).size).toBe(reads.length);
  });
});

function answerRead(routes: readonly string[], { operation, region, input }: AwsRequest): unknown {
  if (operation === 'GetParameter') {
    return { Parameter: { Value: routes[Number(region.slice(1))] } };
  }
  if (operation !== 'GetParametersByPath') return `page of ${operation}`;
  expect(input).toMatchObject({ WithDecryption: true });
  const { Path, NextToken } = input;
  if (Path !== '/headgate/shop/prod/keys') return { Parameters: [] };
  const [newer, older] = MASTERS.map(({ kid, secret }) => ({
    Name: `${Path}/${kid}`,
    Value: secret,
  }));
  // Oldest first, and in two pages: both as SSM may do it.
  return NextToken === undefined
    ? { Parameters: [older], NextToken: 'n' }
    : { Parameters: [newer] };
}

/** See `GateVector.expect`. */
function render(output: LambdaOutput, { request, route: stored }: GateVector): string {
  const converted = toOutput(output);
  if ('uri' in converted) {
    return [converted.uri, ...tell(converted.headers['x-headgate-gate']?.value)].join(' ');
  }
  const { headers, cookies = {}, statusCode, body } = converted;
  expect(headers['cache-control']?.value).toBe('no-store');
  const [, uri = ''] = /^page of \/pages-bucket(.*)$/.exec(body?.data ?? '') ?? [];
  if (headers['content-type']?.value === 'text/html') {
    expect(Object.keys(cookies)).toEqual(['hg_slot']);
    // The headers of a page have none.
    expect(uri === '').toBe(request.method === 'HEAD');
    const page = uri || `/shop/pages${stored.gate?.page}`;
    return [page, statusCode, headers['retry-after']?.value].join(' ');
  }
  const told = [headers['location'], headers['x-headgate-gate']].flatMap((field) =>
    field === undefined ? [] : [field.value],
  );
  return [statusCode, ...told, ...Object.entries(cookies).map(renderCookie)].join(' ');
}

function tell(told: string | undefined): readonly string[] {
  if (!told?.includes('~')) return told === undefined ? [] : [told];
  const [token = '', seconds] = told.split(' ');
  const [slot, start] = readToken(token, 's', { now: NOW, keys }) ?? [];
  return ['session', `${slot}~${start}`, String(seconds)];
}

function renderCookie([name, field]: readonly [string, Field | undefined]): string {
  const [, hidden, age] =
    /^Path=\/; Secure; SameSite=Lax(; HttpOnly)?; Max-Age=(\d+)$/.exec(field?.attributes ?? '') ??
    [];
  return `${name}=${field?.value} for ${age}${hidden === undefined ? ' readable' : ''}`;
}

describe('the waiting page', () => {
  const HOST = 'shop.example.com';
  const IN_BUCKET: Floor = ['shop', 'prod', 'us-east-1', '1039', 1, 'pages-bucket'];
  let aws: ScriptedAws;
  let clock = NOW * 1000;
  let page: unknown = '<h1>Our own</h1>';
  const GONE = { status: 404 };
  beforeAll(async () => {
    const stored = JSON.stringify({ ...route, gate });
    aws = await startAws(({ operation }) =>
      operation === 'GetParameter'
        ? { Parameter: { Value: stored } }
        : page === GONE
          ? Promise.reject(new Error('NoSuchKey'))
          : page,
    );
  });
  afterAll(() => aws.close());

  const load = async (row: Floor = IN_BUCKET): Promise<LambdaHandler> =>
    loadLambda(withFloor(await compose(), { [HOST]: row }), {
      environment: aws.environment,
      now: () => clock,
    });
  const hold = async (handler: LambdaHandler) =>
    (await handler(
      toLambdaRequest({ path: '/shop/cart', headers: NAVIGATE, cookies: { hg_slot: '5' } }, HOST),
    )) as LambdaResponse;
  const readPage = () => aws.requests.filter(({ operation }) => operation.startsWith('/')).length;

  it('is answered with its status, and stored nowhere', async () => {
    expect(await hold(await load())).toEqual({
      status: '429',
      statusDescription: 'Too Many Requests',
      body: '<h1>Our own</h1>',
      headers: {
        'content-type': [{ key: 'content-type', value: 'text/html' }],
        'cache-control': [{ key: 'cache-control', value: 'no-store' }],
        'retry-after': [{ key: 'retry-after', value: '30' }],
        'set-cookie': [
          {
            key: 'set-cookie',
            value: 'hg_slot=5; Path=/; Secure; SameSite=Lax; HttpOnly; Max-Age=31536000',
          },
        ],
      },
    });
    expect(aws.requests.at(-1)?.operation).toBe('/pages-bucket/shop/pages/waiting/index.html');
  });

  it('comes from memory, and is read anew behind the visitor who finds it old', async () => {
    const handler = await load();
    await hold(handler);
    const before = readPage();
    page = '<h1>Newer</h1>';
    clock += 59_000;
    expect((await hold(handler)).body).toBe('<h1>Our own</h1>');
    expect(readPage()).toBe(before);
    clock += 1000;
    expect((await hold(handler)).body).toBe('<h1>Our own</h1>');
    await expect.poll(() => hold(handler).then(({ body }) => body)).toBe('<h1>Newer</h1>');
    expect(readPage()).toBe(before + 1);
  });

  it('stays when it can no longer be read', async () => {
    const handler = await load();
    await hold(handler);
    page = GONE;
    aws.requests.length = 0;
    clock += 60_000;
    await hold(handler);
    await expect.poll(readPage).toBe(1);
    expect((await hold(handler)).body).toBe('<h1>Newer</h1>');
  });

  it.each([
    ['is too large', 'x'.repeat(41_000)],
    // Quotes count twice in what CloudFront is given.
    ['is too large as it is written', '"'.repeat(21_000)],
    ['is far too large', 'x'.repeat(300_000)],
    ['is in another encoding', Buffer.from('<p>Gedr\u00e4nge', 'latin1')],
    ['can not be read', undefined],
    ['is missing', GONE],
  ])('is a small one of ours when it %s', async (_why, given) => {
    page = given;
    const { body, status, headers } = await hold(await load());
    expect(body).toContain('<h1>Please wait</h1>');
    expect([status, headers['retry-after']?.[0]?.value]).toEqual(['429', '30']);
  });

  it('may have just the 40 KB that CloudFront takes', async () => {
    page = 'x'.repeat(40_400);
    const answer = await hold(await load());
    expect(answer.body).toBe(page);
    expect(JSON.stringify(answer).length).toBeLessThanOrEqual(40 * 1024);
  });

  it('is one of ours where no bucket is known', async () => {
    aws.requests.length = 0;
    expect((await hold(await load(floor))).body).toContain('Please wait');
    expect(readPage()).toBe(0);
  });

  it('gives an admitted visitor the session at viewer-response', async () => {
    const handler = await load();
    const event = toLambdaResponse({
      name: '',
      request: {
        path: '/shop/builds/1042/index.html',
        headers: { ...NAVIGATE, 'x-headgate-gate': '1~s~k2~5~9~99~mac 1800' },
        cookies: { hg_slot: '5' },
      },
      headers: { 'content-type': 'text/html', 'set-cookie': 'theirs=1' },
      expect: '',
    });
    const { headers } = await handler(event);
    expect(headers['set-cookie']?.map(({ value }) => value)).toEqual([
      'theirs=1',
      '__Host-hg_admit=1~s~k2~5~9~99~mac; Path=/; Secure; SameSite=Lax; HttpOnly; Max-Age=1800',
    ]);
  });
});
