import { describe, expect, it } from 'vitest';
import { createFunctionRuntime } from '../../../../controller/local/function-runtime/runtime.ts';
import type { FunctionEvent } from '../../../../controller/local/function-runtime/event.ts';

const REQUEST: FunctionEvent = {
  version: '1.0',
  context: {
    distributionDomainName: 'd1.cloudfront.localhost',
    endpoint: 'd1.cloudfront.localhost',
    distributionId: 'E1',
    eventType: 'viewer-request',
    requestId: 'r1',
  },
  viewer: { ip: '127.0.0.1' },
  request: {
    method: 'GET',
    uri: '/a',
    querystring: {},
    headers: { host: { value: 'shop.test' }, accept: { value: '*/*' } },
    cookies: {},
  },
};
const RESPONSE: FunctionEvent = {
  ...REQUEST,
  context: { ...REQUEST.context, eventType: 'viewer-response' },
  response: { statusCode: 200, headers: { via: { value: '1.1 x' } }, cookies: {} },
};
const NOW = new Date('2026-11-01T10:00:00Z');
const STORE = {
  id: 'store-1',
  get: (key: string) => ({ shop: '{"gen":7}' })[key],
  meta: () => ({ creationDateTime: 'c', lastUpdatedDateTime: 'u', keyCount: 1 }),
};
const runtime = createFunctionRuntime();

function run(code: string, event = REQUEST, associated = true) {
  return runtime.run({ code, event, store: associated ? STORE : undefined, now: NOW });
}

/** Runs an expression inside a handler and gives back what it evaluated to. */
function evaluate(expression: string, associated = true): unknown {
  const code = `import cf from 'cloudfront';
    async function handler(event) { const value = ${expression}; return { statusCode: 200, body: JSON.stringify(value) }; }`;
  const { outcome } = run(code, REQUEST, associated);
  if (outcome.kind === 'failed') throw new Error(outcome.message);
  if (outcome.kind === 'request') throw new Error('no response');
  return JSON.parse(outcome.response.body as string);
}

describe('the runtime', () => {
  it('runs minified code with an import and hands the changed request back', () => {
    const code =
      'import e from"cloudfront";async function n(t){const s=await e.kvs().get("shop",{format:"json"});t.request.uri="/"+s.gen+t.request.uri;return t.request}async function handler(e){return n(e)}';
    expect(run(code).outcome).toMatchObject({ kind: 'request', request: { uri: '/7/a' } });
    expect(REQUEST.request.uri).toBe('/a');
  });

  it('runs minified code with two imports on one line', () => {
    const code =
      'import e from"cloudfront";import t from"crypto";function handler(r){return{statusCode:200,body:typeof e.kvs+typeof t.createHmac}}';
    expect(run(code).outcome).toMatchObject({ response: { body: 'functionfunction' } });
  });

  it('gives the store, and throws for a missing key or a store that is not associated', () => {
    expect(evaluate(`await cf.kvs('store-1').exists('shop')`)).toBe(true);
    expect(evaluate(`await cf.kvs().exists('other')`)).toBe(false);
    expect(evaluate('(await cf.kvs().meta()).keyCount')).toBe(1);
    expect(() => evaluate(`await cf.kvs().get('other')`)).toThrow('KeyNotFound: other');
    expect(() => evaluate(`await cf.kvs('store-2').get('shop')`)).toThrow('not associated');
    expect(() => evaluate('await cf.kvs().get("shop")', false)).toThrow('no KeyValueStore');
  });

  it('stops the clock for the whole run', () => {
    expect(evaluate('[Date.now(), new Date().getTime()]')).toEqual([+NOW, +NOW]);
    expect(evaluate('new Date(0).toISOString()')).toBe('1970-01-01T00:00:00.000Z');
  });

  it('offers crypto, querystring and buffer, and nothing that runtime 2.0 lacks', () => {
    expect(
      evaluate(`require('crypto').createHmac('sha256', 'k').update('m').digest('base64url')`),
    ).toHaveLength(43);
    expect(evaluate(`require('querystring').parse('a=1')`)).toEqual({ a: '1' });
    expect(evaluate(`require('buffer').Buffer.from('hi').toString('base64')`)).toBe('aGk=');
    expect(() => evaluate(`require('fs')`)).toThrow('Cannot find module');
    expect(
      evaluate('[typeof process, typeof setTimeout, typeof fetch, typeof Map, typeof Array.from]'),
    ).toEqual(Array(5).fill('undefined'));
    expect(() => evaluate(`eval('1')`)).toThrow('EvalError');
    expect(() => evaluate(`new Function('return 1')()`)).toThrow('EvalError');
  });

  it('keeps no variable from one request to the next', () => {
    const code = `let count = 0; var list = [];
      function handler(event) { count += 1; list.push(1); globalThis.seen = (globalThis.seen || 0) + 1;
        return { statusCode: 200, body: [count, list.length, globalThis.seen].join() }; }`;
    run(code);
    expect(run(code).outcome).toMatchObject({ response: { body: '1,1,1' } });
  });

  it('captures the first argument of console.log and reports utilization', () => {
    const result = run(
      `function handler(e) { console.log('one', 'two'); console.log({ a: 1 }); return e.request; }`,
    );
    expect(result.logs).toEqual(['one', '{"a":1}']);
    expect(result.meter.utilization).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['a thrown error', `function handler() { throw new Error('boom'); }`, 'Error: boom'],
    ['a syntax error', `function handler( {`, 'SyntaxError'],
    ['code that closes its wrapper', `} ; {`, 'SyntaxError'],
    [
      'an undeclared variable',
      `function handler(e) { x = 1; return e.request; }`,
      'ReferenceError',
    ],
    ['no handler', `function other() {}`, 'no function "handler"'],
    ['an endless loop', `function handler() { for (;;) {} }`, 'timed out'],
    [
      'a promise that never settles',
      `function handler() { return new Promise(() => {}); }`,
      'never',
    ],
  ])('fails by execution on %s', (_, code, message) => {
    expect(run(code).outcome).toMatchObject({
      kind: 'failed',
      by: 'execution',
      message: expect.stringContaining(message) as string,
    });
  });

  it.each([
    ['nothing', 'undefined', 'returned nothing'],
    ['a relative uri', `Object.assign(e.request, { uri: 'a' })`, 'must begin with "/"'],
    ['another method', `Object.assign(e.request, { method: 'PUT' })`, 'read-only'],
    ['a changed host', `(e.request.headers.host.value = 'x', e.request)`, 'host is read-only'],
    [
      'a forbidden header',
      `(e.request.headers['x-edge-a'] = { value: '1' }, e.request)`,
      'not allowed',
    ],
    [
      'an upper-case header',
      `(e.request.headers['X-A'] = { value: '1' }, e.request)`,
      'lower case',
    ],
    ['a bare string as header', `(e.request.headers.a = '1', e.request)`, '{ value: string'],
    [
      'a line break in a header',
      `(e.request.headers.a = { value: 'x\\ny' }, e.request)`,
      'line break',
    ],
    ['a status out of range', '{ statusCode: 42 }', '200 to 599'],
    [
      'a set-cookie header',
      `{ statusCode: 200, headers: { 'set-cookie': { value: 'a=b' } } }`,
      'cookies',
    ],
    ['a wrong body', '{ statusCode: 200, body: 7 }', 'response.body'],
  ])('fails by validation on %s', (_, expression, message) => {
    const { outcome } = run(`function handler(e) { return ${expression}; }`);
    expect(outcome).toMatchObject({ kind: 'failed', by: 'validation' });
    expect(outcome.kind === 'failed' && outcome.message).toContain(message);
  });

  it('accepts a viewer response with cookies and refuses a changed via', () => {
    const cookie = `e.response.cookies = { id: { value: '1', attributes: 'Path=/' } };`;
    expect(
      run(`function handler(e) { ${cookie} return e.response; }`, RESPONSE).outcome,
    ).toMatchObject({
      response: { cookies: { id: { value: '1', attributes: 'Path=/' } } },
    });
    expect(
      run(`function handler(e) { delete e.response.headers.via; return e.response; }`, RESPONSE)
        .outcome,
    ).toMatchObject({ by: 'validation' });
  });
});
