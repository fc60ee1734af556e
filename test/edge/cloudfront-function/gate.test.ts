import { beforeAll, describe, expect, it } from 'vitest';
import { mac } from '../../../controller/core/tokens/mac.ts';
import { composeEdge } from '../../../edge/build.ts';
import type { CloudFrontResponse, ResponseEvent } from '../../../edge/cloudfront-function/event.ts';
import {
  applyDecision,
  applyMarks,
  toVisitor,
} from '../../../edge/cloudfront-function/translate.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import type { EdgeFeature } from '../../../edge/contract/features.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import { decide } from '../../../edge/core/decide.ts';
import type { Field } from '../../../edge/core/fields.ts';
import { readToken } from '../../../edge/core/token.ts';
import type { TokenKeys } from '../../../edge/core/token.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';
import { toRequestEvent, toResponseEvent } from '../../vectors/cloudfront-event.ts';
import type { Output } from '../../vectors/cloudfront-event.ts';
import { route } from '../../vectors/edge.ts';
import { listEngines, runBatch } from '../../vectors/engines.ts';
import type { Batch, BatchResult } from '../../vectors/engines.ts';
import { gateVectors, redirectSpellings } from '../../vectors/gate.ts';
import type { GateVector } from '../../vectors/gate.ts';
import { keys, NOW, PREVIEW, ring } from '../../vectors/tokens.ts';

const FEATURES: readonly EdgeFeature[] = ['signed', 'gate', 'pinned'];
const hostOf = (index: number) => `g${index}.example.com`;

const batch: Batch = {
  store: {
    ...Object.fromEntries(
      gateVectors.map((vector, index) => [hostOf(index), JSON.stringify(vector.route)]),
    ),
    'keys/shop/prod': JSON.stringify(ring),
  },
  failures: {},
  events: gateVectors.map(toEvent),
  now: NOW,
};

function toEvent({ request, doubled = {} }: GateVector, index: number) {
  const event = toRequestEvent(request, hostOf(index));
  const cookies: Record<string, Field> = {};
  for (const [name, field] of Object.entries(event.request.cookies)) {
    const second = doubled[name];
    const { value = '' } = field ?? {};
    const all = [{ value }, { value: second ?? '' }];
    cookies[name] = second === undefined ? { value } : { value, multiValue: all };
  }
  return { ...event, request: { ...event.request, method: request.method ?? 'GET', cookies } };
}

/** See `GateVector.expect`. */
function render(output: Output): string {
  if ('uri' in output) {
    return [output.uri, ...tell(output.headers['x-headgate-gate']?.value)].join(' ');
  }
  const { headers, cookies = {}, statusCode } = output;
  expect(headers['cache-control']?.value).toBe('no-store');
  if (statusCode === 429) {
    expect(headers['content-type']?.value).toBe('application/json');
    expect(headers['retry-after']?.value).toBe('30');
    expect(output.body?.data).toBe('{"gate":"wait"}');
  }
  return [
    statusCode,
    headers['location']?.value,
    headers['x-headgate-gate']?.value,
    ...Object.entries(cookies).map(renderCookie),
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

function tell(told: string | undefined): readonly string[] {
  if (!told?.includes('~')) return told === undefined ? [] : [told];
  const [token = '', seconds] = told.split(' ');
  const [slot, start, expiry] = readToken(token, 's', { now: NOW, keys }) ?? [];
  expect(Number(expiry)).toBe(NOW + Number(seconds));
  return ['session', `${slot}~${start}`, String(seconds)];
}

function renderCookie([name, field]: readonly [string, Field | undefined]): string {
  const [, hidden, age] =
    /^Path=\/; Secure; SameSite=Lax(; HttpOnly)?; Max-Age=(\d+)$/.exec(field?.attributes ?? '') ??
    [];
  const lives = name === 'hg_slot' ? '' : ` for ${age}`;
  return `${name}=${field?.value}${lives}${hidden === undefined ? ' readable' : ''}`;
}

/** `free` stands for all that isn't held. */
function check(vector: GateVector, output: Output) {
  if (vector.expect !== 'free') return expect(render(output)).toBe(vector.expect);
  return expect('uri' in output && output.uri).toMatch(/^\/shop\/builds\//);
}

function decideAsHandler(vector: GateVector, index: number): Output {
  const event = toEvent(vector, index);
  const stored = vector.route;
  const own: TokenKeys = { scope: `${stored.app}~${stored.env}`, mac };
  const visitor: Visitor = {
    ...toVisitor(event),
    now: NOW,
    keys: own,
    method: event.request.method,
  };
  let decision = decide(stored, visitor);
  if (own.wanted) {
    if (stored.env === 'prod') own.ring = ring;
    decision = decide(stored, visitor);
  }
  return applyDecision(decision, event.request, visitor);
}

// In one test for each engine: a thousand names would say no more than the first difference does.
it('core: every vector', () => {
  for (const [index, vector] of gateVectors.entries()) {
    check(vector, decideAsHandler(vector, index));
  }
});

const bundles = [FEATURES, EDGE_FEATURES].flatMap((features) =>
  listEngines().map(([name, run]) => ({ name, run, features, of: features.join('+') })),
);

describe.each(bundles)('the bundle of $of in $name', ({ run, features }) => {
  let requested: BatchResult;
  beforeAll(async () => {
    const { request } = await composeEdge(features);
    requested = await runBatch(run, withFloor(request.code, {}), batch);
  });

  it('does the same with every vector', () => {
    for (const [index, vector] of gateVectors.entries()) {
      check(vector, requested.outputs[index] as Output);
    }
  });

  it('reads the keys only for requests with a token, or with a session to sign', () => {
    const wanting = gateVectors.filter(
      ({ request: { path, query = '', cookies = {} }, ...vector }) => {
        const presented = [query, ...Object.values(cookies)].some((text) =>
          /(^|=)1~[pvs]~/.test(text),
        );
        const drawn = vector.route.gate?.rate === 10_000 && vector.route.gate.open === 1;
        return (presented || (drawn && path !== '/cart')) && vector.route.env === 'prod';
      },
    );
    const reads = requested.reads['keys/shop/prod'] ?? 0;
    // Those that are shown for the wrong thing, or not asked for at all, cost nothing.
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThanOrEqual(wanting.length);
    const untouched = gateVectors.map((_vector, index) => requested.reads[hostOf(index)]);
    expect(new Set(untouched)).toEqual(new Set([1]));
  });
});

describe('open redirects', () => {
  it.each(redirectSpellings.map(([path, query = '']) => ({ path, query })))(
    '$path?$query stays on the site',
    ({ path, query }) => {
      for (const [preview, value] of [
        ['open', '1050'],
        ['signed', PREVIEW],
        ['signed', 'off'],
      ] as const) {
        const request = { path, query: `override_build_number=${value}${query && `&${query}`}` };
        const output = decideAsHandler(
          { name: '', route: { ...route, preview }, request, expect: '' },
          0,
        ) as CloudFrontResponse;
        if (output.statusCode === 400) continue;
        expect(output.statusCode).toBe(302);
        const location = output.headers['location']?.value ?? '';
        expect(location).toMatch(/^\/(?![/\\])/);
        expect(new URL(location, 'https://shop.example.com').host).toBe('shop.example.com');
        expect(location).not.toContain(value);
      }
    },
  );
});

const WAITING = { 'content-type': 'text/html', 'cache-control': 'max-age=60' };
const respond = (
  told: string,
  headers: Readonly<Record<string, string>>,
  build = '',
): ResponseEvent =>
  toResponseEvent({
    name: '',
    request: {
      path: '/shop/pages/waiting/index.html',
      headers: { 'x-headgate-gate': told, 'x-headgate-build': build, 'sec-fetch-mode': 'navigate' },
      cookies: { hg_slot: '5' },
    },
    headers,
    expect: '',
  });

describe.each([
  ['core', async (event: ResponseEvent) => applyMarks(event)] as const,
  ...listEngines().map(
    ([name, run]) =>
      [
        name,
        async (event: ResponseEvent) => {
          const { response } = await composeEdge(FEATURES);
          const { outputs } = await runBatch(run, response.code, { ...batch, events: [event] });
          return outputs[0] as CloudFrontResponse;
        },
      ] as const,
  ),
])('viewer-response, %s', (_name, apply) => {
  it('gives the waiting page its status, stores it nowhere, and keeps the slot', async () => {
    const { statusCode, headers, cookies } = await apply(respond('202 30', WAITING));
    expect([statusCode, headers['cache-control']?.value, headers['retry-after']?.value]).toEqual([
      202,
      'no-store',
      '30',
    ]);
    expect(Object.entries(cookies ?? {}).map(renderCookie)).toEqual(['hg_slot=5']);
  });

  it('gives an admitted visitor the session', async () => {
    const page = { 'content-type': 'text/html', 'x-amz-meta-headgate-build': '1042' };
    const { statusCode, headers, cookies } = await apply(respond('1~s~k2~5~9~99~mac 1800', page));
    expect([statusCode, headers['cache-control'], headers['retry-after']]).toEqual([
      200,
      undefined,
      undefined,
    ]);
    expect(cookies?.['__Host-hg_admit']).toEqual({
      value: '1~s~k2~5~9~99~mac',
      attributes: 'Path=/; Secure; SameSite=Lax; HttpOnly; Max-Age=1800',
    });
  });

  it('marks the pages of a signed preview', async () => {
    const event = respond('', { 'content-type': 'text/html', 'x-amz-meta-headgate-build': '1050' });
    const cookies = { hg_preview: { value: PREVIEW } };
    const { headers } = await apply({ ...event, request: { ...event.request, cookies } });
    expect(headers['x-robots-tag']?.value).toBe('noindex');
  });
});
