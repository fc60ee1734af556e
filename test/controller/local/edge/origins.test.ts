import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  associate,
  createCachePolicy,
  distribute,
  publishFunction,
  type DistributionParts,
} from './account.ts';
import { EVERY_METHOD } from './lambda-site.ts';
import { bucket, openOrigins, type Origins, type Told } from './origin-site.ts';
import { startWorld, type World } from './world.ts';

/** Managed-CachingDisabled. */
const UNCACHED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

let world: World;
let origins: Origins;

beforeAll(async () => {
  world = await startWorld();
  origins = await openOrigins(world);
});
afterAll(async () => {
  origins.close();
  await world.close();
});

/** A site whose viewer-request function runs this before it returns the request. */
async function serve(name: string, change: string, parts: Partial<DistributionParts> = {}) {
  const code = `import cf from 'cloudfront';
    function handler(event) { const request = event.request; ${change} return request; }`;
  const arn = await publishFunction(world, name, { code });
  const { custom } = origins;
  const Items = [bucket('bucket'), custom('blue', '/blue'), custom('green', '/green')];
  await distribute(world, {
    host: `${name}.test`,
    ...parts,
    behaviour: {
      CachePolicyId: UNCACHED,
      ...parts.behaviour,
      ...associate({ 'viewer-request': arn }),
    },
    config: { Origins: { Quantity: Items.length, Items }, ...parts.config },
  });
  const send = (path: string, headers = {}, method = 'GET') =>
    world.send(path, { host: `${name}.test`, ...headers }, method);
  const told = async (path: string, headers = {}, method = 'GET') =>
    JSON.parse((await send(path, headers, method)).text) as Told;
  return { send, told };
}

it('Managed-AllViewerExceptHostHeader sends the origin what no cache key has', async () => {
  const OriginRequestPolicyId = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
  const TargetOriginId = 'blue';
  const behaviour = { ...EVERY_METHOD, TargetOriginId, OriginRequestPolicyId };
  const { told } = await serve('all', '', { behaviour });
  const headers = { cookie: 'a=1; b=2', 'x-token': 't', 'user-agent': 'browser' };
  expect(await told('/api?q=1', headers, 'POST')).toMatchObject({
    url: '/blue/api?q=1',
    headers: { ...headers, host: 'localhost' },
  });
});

describe('a viewer-request function', () => {
  it('selects another origin of the distribution, with all its settings', async () => {
    const { send, told } = await serve(
      'selects',
      `if (request.uri !== '/index.html') cf.selectRequestOriginById('green');
      if (request.uri === '/host') cf.selectRequestOriginById('blue', { hostHeader: 'shop.example.com', sni: 'shop.example.com' });`,
      { behaviour: { ...EVERY_METHOD } },
    );
    expect((await send('/index.html')).text).toBe('bucket');
    expect(await told('/api?x=1', {}, 'POST')).toMatchObject({
      method: 'POST',
      url: '/green/api',
      headers: { host: 'localhost', 'x-origin': 'green' },
    });
    expect((await told('/host')).headers).toMatchObject({
      host: 'shop.example.com',
      'x-origin': 'blue',
    });
  });

  it('updates the origin; what it leaves out stays', async () => {
    const { told, send } = await serve(
      'updates',
      `const port = ${origins.port};
      if (request.uri === '/path') cf.updateRequestOrigin({ originPath: '/v2' });
      if (request.uri === '/new') cf.updateRequestOrigin({ domainName: 'green.localhost', hostHeader: 'green.example.com',
        originPath: '', customHeaders: { 'x-stage': 'test' },
        customOriginConfig: { port, protocol: 'http', sslProtocols: ['TLSv1.2'] } });
      if (request.uri === '/none') cf.updateRequestOrigin({ customHeaders: {} });
      if (request.uri === '/index.html') cf.updateRequestOrigin({ domainName: 'acme-web-builds.s3.us-east-1.amazonaws.com', originPath: '',
        originAccessControlConfig: { enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 's3' } });
      if (request.uri === '/unsigned.html') { request.uri = '/index.html'; cf.updateRequestOrigin({ domainName: 'acme-web-builds.s3.amazonaws.com', originPath: '' }); }
      if (request.uri === '/secure') cf.updateRequestOrigin({ domainName: 'green.localhost', hostHeader: 'green.localhost',
        originAccessControlConfig: { enabled: false },
        customOriginConfig: { port: ${origins.securePort}, protocol: 'https', sslProtocols: ['TLSv1.2'] } });`,
      { behaviour: { TargetOriginId: 'blue' } },
    );
    expect(await told('/path')).toMatchObject({
      url: '/v2/path',
      headers: { host: 'localhost', 'x-origin': 'blue' },
    });
    const changed = await told('/new');
    expect(changed).toMatchObject({
      url: '/new',
      headers: { host: 'green.example.com', 'x-stage': 'test' },
    });
    expect(changed.headers['x-origin']).toBeUndefined();
    expect((await told('/none')).headers['x-origin']).toBeUndefined();
    expect((await send('/index.html')).text).toBe('bucket');
    // The access control is inherited, too, and `blue` has none.
    expect((await send('/unsigned.html')).status).toBe(403);
    expect(await told('/secure')).toMatchObject({
      url: '/blue/secure',
      headers: { host: 'green.localhost', 'x-secure': 'green.localhost' },
    });
    expect(await told('/other')).toMatchObject({ url: '/blue/other' });
  });

  it('asks by the new domain, even where the viewer’s Host is forwarded', async () => {
    const CachePolicyId = await createCachePolicy(world, {
      Name: 'host',
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: false,
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: { Quantity: 1, Items: ['Host'] } },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
      },
    });
    const { told } = await serve(
      'forwards',
      `if (request.uri === '/new') cf.updateRequestOrigin({ domainName: 'new.localhost' });`,
      { behaviour: { TargetOriginId: 'blue', CachePolicyId } },
    );
    expect((await told('/same')).headers.host).toBe('forwards.test');
    expect((await told('/new')).headers.host).toBe('new.localhost');
  });

  it('makes a group of two origins, which fails over for the codes it names', async () => {
    const { told, send } = await serve(
      'groups',
      `cf.createRequestOriginGroup({
        originIds: ['blue', { originId: 'green', originOverrides: { hostHeader: 'second.example.com' } }],
        failoverCriteria: { statusCodes: [404] } });`,
      { behaviour: { ...EVERY_METHOD } },
    );
    expect(await told('/status-404')).toMatchObject({
      url: '/green/status-404',
      headers: { host: 'second.example.com' },
    });
    expect((await told('/fine')).url).toBe('/blue/fine');
    expect((await told('/status-500')).url).toBe('/blue/status-500');
    const posted = await send('/status-404', {}, 'POST');
    expect([posted.status, (JSON.parse(posted.text) as Told).url]).toEqual([
      404,
      '/blue/status-404',
    ]);
  });

  it('fails with 503 for unknown origins and wrong arguments, unless it catches the error', async () => {
    const { send } = await serve(
      'wrong',
      `if (request.uri === '/unknown') cf.selectRequestOriginById('red');
      if (request.uri === '/member') cf.createRequestOriginGroup({ originIds: ['blue', 'red'], failoverCriteria: { statusCodes: [500] } });
      if (request.uri === '/one') cf.createRequestOriginGroup({ originIds: ['blue'], failoverCriteria: { statusCodes: [500] } });
      if (request.uri === '/criteria') cf.createRequestOriginGroup({ originIds: ['blue', 'green'] });
      if (request.uri === '/none') cf.selectRequestOriginById();
      if (request.uri === '/shield') cf.updateRequestOrigin({ originShield: { enabled: false } });
      if (request.uri === '/caught') { try { cf.selectRequestOriginById('red'); } catch (error) { cf.selectRequestOriginById('blue'); } }`,
    );
    for (const path of ['/unknown', '/member', '/one', '/criteria', '/none', '/shield']) {
      const answer = await send(path);
      expect([path, answer.status, answer.headers['x-cache']]).toEqual([
        path,
        503,
        'FunctionExecutionError from cloudfront',
      ]);
    }
    expect((await send('/caught')).status).toBe(200);
  });

  it('fails with 502 for values that no origin can have', async () => {
    const values: Readonly<Record<string, string>> = {
      address: `domainName: '127.0.0.1'`,
      colon: `domainName: 'localhost:80'`,
      host: `hostHeader: 'a:1'`,
      path: `originPath: 'v2'`,
      slash: `originPath: '/v2/'`,
      header: `customHeaders: { 'X-Stage': '1' }`,
      forbidden: `customHeaders: { 'x-edge-a': '1' }`,
      present: `customHeaders: { accept: '1' }`,
      port: `customOriginConfig: { port: 22, protocol: 'http', sslProtocols: [] }`,
      timeout: `timeouts: { readTimeout: 121 }`,
      attempts: `connectionAttempts: 4`,
      type: `originAccessControlConfig: { enabled: true, signingBehavior: 'always', signingProtocol: 'sigv4', originType: 's3' }`,
      bucket: `domainName: 'acme.s3.amazonaws.com', hostHeader: 'shop.example.com'`,
    };
    const lines = Object.entries(values).map(
      ([name, value]) => `if (request.uri === '/${name}') cf.updateRequestOrigin({ ${value} });`,
    );
    const group = `if (request.uri === '/codes') cf.createRequestOriginGroup({ originIds: ['blue', 'green'], failoverCriteria: { statusCodes: [200] } });`;
    const { send } = await serve('values', [...lines, group].join('\n'), {
      behaviour: { TargetOriginId: 'blue' },
    });
    for (const name of [...Object.keys(values), 'codes']) {
      expect([name, (await send(`/${name}`, { accept: '*/*' })).status]).toEqual([name, 502]);
    }
    expect((await send('/')).status).toBe(200);
    // A bucket's access control is of no use to a server, and would be inherited.
    const server = await serve('server', `cf.updateRequestOrigin({ domainName: 'localhost' });`);
    expect((await server.send('/')).status).toBe(502);
  });

  it('changes nothing when it answers by itself, and cannot change the origin at viewer-response', async () => {
    const { send } = await serve(
      'answers',
      `cf.selectRequestOriginById('blue'); return { statusCode: 204 };`,
    );
    expect((await send('/')).status).toBe(204);
    const late = await publishFunction(world, 'late', {
      code: `import cf from 'cloudfront';
        function handler(event) { cf.selectRequestOriginById('bucket'); return event.response; }`,
    });
    await distribute(world, {
      host: 'late.test',
      behaviour: associate({ 'viewer-response': late }),
    });
    expect((await world.send('/index.html', { host: 'late.test' })).status).toBe(503);
  });
});

describe('the cache key', () => {
  const choose = `const name = request.headers['x-want'].value;
    request.headers['x-headgate-build'] = { value: name };
    cf.selectRequestOriginById(name);`;
  const policy = (Name: string, headers: readonly string[]) =>
    createCachePolicy(world, {
      Name,
      MinTTL: 60,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: false,
        HeadersConfig:
          headers.length === 0
            ? { HeaderBehavior: 'none' }
            : {
                HeaderBehavior: 'whitelist',
                Headers: { Quantity: headers.length, Items: [...headers] },
              },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
      },
    });

  it('holds a header that the function set: two targets never share an entry', async () => {
    const CachePolicyId = await policy('by-build', ['X-Headgate-Build']);
    const { send } = await serve('apart', choose, { behaviour: { CachePolicyId } });
    const ask = async (name: string) => {
      const answer = await send('/page', { 'x-want': name });
      const { url, headers } = JSON.parse(answer.text) as Told;
      return [answer.headers['x-cache'], url, headers['x-headgate-build']];
    };
    for (const source of ['Miss', 'Hit']) {
      for (const name of ['blue', 'green']) {
        expect(await ask(name)).toEqual([`${source} from cloudfront`, `/${name}/page`, name]);
      }
    }
  });

  it('does not hold the origin: without that header one target is served for the other', async () => {
    const CachePolicyId = await policy('by-path', []);
    const { told } = await serve('shared', choose, { behaviour: { CachePolicyId } });
    expect((await told('/page', { 'x-want': 'blue' })).url).toBe('/blue/page');
    expect((await told('/page', { 'x-want': 'green' })).url).toBe('/blue/page');
  });
});

it('asks a bucket without an access control as anybody would: 403', async () => {
  const open = { ...bucket('bucket'), OriginAccessControlId: '' };
  await distribute(world, {
    host: 'open.test',
    config: { Origins: { Quantity: 1, Items: [open] } },
  });
  expect((await world.send('/index.html', { host: 'open.test' })).status).toBe(403);
});
