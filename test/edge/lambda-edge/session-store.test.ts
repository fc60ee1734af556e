import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { SessionTable } from '../../../edge/contract/lambda-edge.ts';
import type { Route } from '../../../edge/contract/route.ts';
import { mix } from '../../../edge/core/assign.ts';
import { file, floor, HOST, IN, navigation, NOW, OUT, route } from '../../vectors/edge.ts';
import type { EdgeRequest, Values } from '../../vectors/edge.ts';
import { startAws } from '../../vectors/lambda-aws.ts';
import type { Answering, ScriptedAws } from '../../vectors/lambda-aws.ts';
import { loadLambda } from '../../vectors/lambda-engine.ts';
import { toLambdaRequest } from '../../vectors/lambda-event.ts';

const sessions: SessionTable = {
  table: 'sessions',
  regions: ['us-east-1', 'eu-central-1', 'ap-southeast-1'],
  cookie: 'sid',
  attributes: { token: 'id', version: 'build', expiration: 'until' },
  timeoutMillis: 100,
};

let code: string;
let aws: ScriptedAws;
let table: Answering;
let stored: Route;
beforeAll(async () => {
  code = (await composeLambdaEdge(['cohorts'], { routeMaxAgeSeconds: 10, sessions })).code;
  aws = await startAws((request) =>
    request.operation === 'GetItem'
      ? table(request)
      : { Parameter: { Value: JSON.stringify(stored) } },
  );
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.requests.length = 0;
  // 8 of 10 visitors without a session: 1043.
  stored = { ...route, idle: 600, cohorts: [{ build: ['1040', ''], cookie: ['staff'] }] };
  table = () => row('1041');
});

const row = (version: string, until = NOW + 1) => ({
  Item: { build: { S: version }, until: { N: String(until) } },
});

/** The build of the page or file that a cold instance in this region shows. */
async function show(request: EdgeRequest, region = 'us-east-1'): Promise<string | undefined> {
  const handler = loadLambda(withFloor(code, { [HOST]: floor }), {
    environment: { ...aws.environment, AWS_REGION: region },
    now: () => NOW * 1000,
  });
  const output = await handler(toLambdaRequest(request, HOST));
  return 'uri' in output ? /^\/shop\/builds\/(\w+)\//.exec(output.uri)?.[1] : output.status;
}
const visit = (cookies: Values) => navigation('/', { ...OUT, ...cookies });
const reads = () => aws.requests.filter(({ operation }) => operation === 'GetItem');

/** Whoever starts a session at NOW, by the weight and the slot. */
const drawn = (slot: number) => (mix(mix(slot, NOW), 7) % 10_000 < 2500 ? '1043' : '1042');
const [newcomer, other] = ['1043', '1042'].map((build) => ({
  hg_slot: String(
    Array.from({ length: 50 }, (_, slot) => slot).find((slot) => drawn(slot) === build),
  ),
}));
const IN_PROGRESS = { hg_session: `1040.${(NOW - 60).toString(36)}` };

describe('a session that the table knows', () => {
  it('stays on its build, whatever the draw and the cookie say', async () => {
    expect(await show(visit({ sid: 't1', ...newcomer, ...IN_PROGRESS }))).toBe('1041');
    expect(reads()).toEqual([
      {
        operation: 'GetItem',
        region: 'us-east-1',
        input: {
          TableName: 'sessions',
          Key: { id: { S: 't1' } },
          ProjectionExpression: '#version, #expiration',
          ExpressionAttributeNames: { '#version': 'build', '#expiration': 'until' },
        },
      },
    ]);
  });

  it('stays also where visitors are not sticky by session', async () => {
    const { idle: _, ...byVisitor } = stored;
    stored = byVisitor;
    expect(await show(visit({ sid: 't1', ...IN }))).toBe('1041');
    expect(await show(visit(IN))).toBe('1043');
  });

  it('gives way to a cohort', async () => {
    expect(await show(visit({ sid: 't1', staff: '1' }))).toBe('1040');
  });

  it.each<[string, object]>([
    ['no expiration', { build: { S: '1041' } }],
    ['a version that was stored as a number', { build: { N: '1041' } }],
    ['an expiration that was stored as text', { build: { S: '1041' }, until: { S: `${NOW + 1}` } }],
  ])('may have %s', async (_, Item) => {
    table = () => ({ Item });
    expect(await show(visit({ sid: 't1' }))).toBe('1041');
  });
});

it('is of the first token when there are two', async () => {
  const { sid } = { sid: 't1' };
  expect(await show({ ...visit({ sid }), doubled: { sid: 't2' } })).toBe('1041');
  expect(reads().map(({ input }) => input['Key'])).toEqual([{ id: { S: sid } }]);
});

describe('assigned by weight as a new session', () => {
  it.each<[string, Values, Answering]>([
    ['no token', {}, () => row('1041')],
    ['an empty token', { sid: '' }, () => row('1041')],
    ['a token longer than keys may be', { sid: 'x'.repeat(2049) }, () => row('1041')],
    ['an unknown token', { sid: 't2' }, () => ({})],
    ['an expired row that is not yet deleted', { sid: 't3' }, () => row('1041', NOW)],
    ['a row without a version', { sid: 't4' }, () => ({ Item: { until: { N: '9999999999' } } })],
    ['a version that nobody may get now', { sid: 't5' }, () => row('999')],
    ['a quarantined version', { sid: 't6' }, () => row('666')],
    ['a row in the form of something else', { sid: 't7' }, () => ({ Item: { build: { L: [] } } })],
    [
      'an expired row whose end is text',
      { sid: 't8' },
      () => ({ Item: { build: { S: '1041' }, until: { S: `${NOW}` } } }),
    ],
  ])('%s', async (_name, cookies, answer) => {
    table = answer;
    stored = { ...stored, kept: [...route.kept, ['666', '']] };
    expect(await show(visit({ ...cookies, ...newcomer }))).toBe('1043');
    expect(await show(visit({ ...cookies, ...other }))).toBe('1042');
  });

  it('but not again with every page: then the cookie says that one is in progress', async () => {
    table = () => ({});
    expect(await show(visit({ sid: 't2', ...newcomer, ...IN_PROGRESS }))).toBe('1040');
  });
});

describe('the cookie counts', () => {
  let end = () => {};
  /** Until the visitors have got their pages without it. */
  const slow = new Promise<void>((resolve) => (end = resolve));
  afterAll(() => end());
  it.each<[string, Answering]>([
    ['the table is down', () => undefined],
    ['the table is gone', () => Promise.reject(new Error('ResourceNotFoundException'))],
    ['the table is slow', () => slow.then(() => row('1041'))],
  ])('when %s, within the time limit', async (_name, answer) => {
    table = answer;
    expect(await show(visit({ sid: 't1', ...newcomer, ...IN_PROGRESS }))).toBe('1040');
    expect(await show(visit({ sid: 't1', ...newcomer }))).toBe('1043');
  });
});

it.each(['x'.repeat(2049), 't\u00fcr', 'a\tb'])('no read for what is no token: %#', async (sid) => {
  await show(visit({ sid }));
  expect(reads()).toEqual([]);
});

it('files follow their page, without a read', async () => {
  expect(await show(file('/app.js', { sid: 't1', hg_build: '1043' }))).toBe('1043');
  expect(reads()).toEqual([]);
});

describe('the replica that is asked', () => {
  it.each([
    ['eu-central-1', 'eu-central-1'],
    ['eu-west-2', 'eu-central-1'],
    ['me-central-1', 'eu-central-1'],
    ['ap-southeast-1', 'ap-southeast-1'],
    ['ap-northeast-1', 'ap-southeast-1'],
    ['ap-southeast-2', 'ap-southeast-1'],
    ['ap-south-1', 'ap-southeast-1'],
    ['us-west-2', 'us-east-1'],
    ['sa-east-1', 'us-east-1'],
    ['ca-central-1', 'us-east-1'],
    ['xx-new-9', 'us-east-1'],
  ])('from %s is in %s', async (region, expected) => {
    expect(await show(visit({ sid: 't1' }), region)).toBe('1041');
    expect(reads().map((read) => read.region)).toEqual([expected]);
  });
});
