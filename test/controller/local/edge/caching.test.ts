import { CreateResponseHeadersPolicyCommand, type Method } from '@aws-sdk/client-cloudfront';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createBucket,
  createCachePolicy,
  createHeadersPolicy,
  distribute,
  putObject,
} from './account.ts';
import { startWorld, type Answer, type World } from './world.ts';

let world: World;
const html = (path: string, headers = {}) => world.send(path, { host: 'html.test', ...headers });

beforeAll(async () => {
  world = await startWorld();
  await createBucket(world);
  await putObject(world, 'builds/1/index.html', {
    body: 'one',
    cacheControl: 'no-cache',
    build: '1',
  });
  await putObject(world, 'plain.html', { body: 'plain' });
  await putObject(world, 'a+b.html', { body: 'plus' });
  await putObject(world, 'site/page.html', { body: 'page' });
  const kept = await createCachePolicy(world, { Name: 'html', MinTTL: 86_400 });
  const errors = await createHeadersPolicy(world, 'errors', [
    { Header: 'cache-control', Value: 'no-store', Override: false },
    { Header: 'x-team', Value: 'shop', Override: true },
  ]);
  await distribute(world, {
    host: 'html.test',
    behaviour: { CachePolicyId: kept, ResponseHeadersPolicyId: errors },
    config: {
      CustomErrorResponses: { Quantity: 1, Items: [{ ErrorCode: 404, ErrorCachingMinTTL: 0 }] },
    },
  });
});
afterAll(() => world.close());

const state = ({ status, headers }: Answer) => [status, headers['x-cache'], headers['age']];

describe('the cache', () => {
  it('keeps no-cache pages for the minimum time and says how old they are', async () => {
    const first = await html('/builds/1/index.html');
    expect(state(first)).toEqual([200, 'Miss from cloudfront', undefined]);
    expect(first.text).toBe('one');
    expect(first.headers).toMatchObject({
      'cache-control': 'no-cache',
      'x-amz-meta-build': '1',
      'x-team': 'shop',
    });
    world.advance(100);
    expect(state(await html('/builds/1/index.html?ignored=1'))).toEqual([
      200,
      'Hit from cloudfront',
      '100',
    ]);
    world.advance(86_400);
    expect(state(await html('/builds/1/index.html'))).toEqual([
      200,
      'RefreshHit from cloudfront',
      undefined,
    ]);
  });

  it('keeps OPTIONS apart from GET', async () => {
    const methods = { Quantity: 3, Items: ['GET', 'HEAD', 'OPTIONS'] as Method[] };
    await distribute(world, {
      host: 'options.test',
      behaviour: { AllowedMethods: { ...methods, CachedMethods: methods } },
    });
    const host = { host: 'options.test' };
    expect((await world.send('/plain.html', host, 'OPTIONS')).status).toBe(403);
    expect((await world.send('/plain.html', host)).status).toBe(200);
  });

  it('answers conditional requests and HEAD from what it keeps', async () => {
    const { headers } = await html('/plain.html');
    const known = { 'if-none-match': String(headers['etag']) };
    const unchanged = await html('/plain.html', known);
    expect(state(unchanged)).toEqual([304, 'Hit from cloudfront', '0']);
    expect(unchanged.text).toBe('');
    expect((await html('/plain.html', { 'if-none-match': '"other"' })).status).toBe(200);
    const since = { 'if-modified-since': String(headers['last-modified']) };
    expect((await html('/plain.html', since)).status).toBe(304);
    const head = await world.send('/plain.html', { host: 'html.test' }, 'HEAD');
    expect(state(head)).toEqual([200, 'Hit from cloudfront', '0']);
    expect([head.headers['content-length'], head.text]).toEqual(['5', '']);
  });

  it('adds the security headers of a policy, and overrides only where it says so', async () => {
    const made = await world.cloudFront.send(
      new CreateResponseHeadersPolicyCommand({
        ResponseHeadersPolicyConfig: {
          Name: 'security',
          SecurityHeadersConfig: {
            ContentSecurityPolicy: { Override: true, ContentSecurityPolicy: "default-src 'self'" },
            ContentTypeOptions: { Override: true },
            FrameOptions: { Override: true, FrameOption: 'DENY' },
            ReferrerPolicy: { Override: false, ReferrerPolicy: 'no-referrer' },
            StrictTransportSecurity: {
              Override: true,
              AccessControlMaxAgeSec: 60,
              IncludeSubdomains: true,
            },
            XSSProtection: { Override: true, Protection: true, ModeBlock: true },
          },
        },
      }),
    );
    const ResponseHeadersPolicyId = String(made.ResponseHeadersPolicy?.Id);
    await distribute(world, { host: 'secure.test', behaviour: { ResponseHeadersPolicyId } });
    expect((await world.send('/plain.html', { host: 'secure.test' })).headers).toMatchObject({
      'content-security-policy': "default-src 'self'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=60; includeSubDomains',
      'x-xss-protection': '1; mode=block',
    });
  });

  it('does not keep an error whose minimum is 0, and says no-store only where the origin says nothing', async () => {
    const missing = await html('/late.html');
    expect(state(missing)).toEqual([404, 'Error from cloudfront', undefined]);
    expect(missing.headers['cache-control']).toBe('no-store');
    await putObject(world, 'late.html', { body: 'late', cacheControl: 'no-cache' });
    expect((await html('/late.html')).text).toBe('late');
  });

  it('keeps other errors for ten seconds', async () => {
    await distribute(world, { host: 'errors.test' });
    const get = () => world.send('/early.html', { host: 'errors.test' });
    expect((await get()).status).toBe(404);
    await putObject(world, 'early.html', { body: 'early' });
    world.advance(8);
    expect(state(await get())).toEqual([404, 'Error from cloudfront', '8']);
    world.advance(3);
    expect((await get()).text).toBe('early');
  });

  it('answers an error with the page that is configured for it', async () => {
    const rule = { ErrorCode: 404, ResponsePagePath: '/plain.html', ResponseCode: '200' };
    await distribute(world, {
      host: 'pages.test',
      config: { CustomErrorResponses: { Quantity: 1, Items: [rule] } },
    });
    const answer = await world.send('/nowhere', { host: 'pages.test' });
    expect(state(answer)).toEqual([200, 'Error from cloudfront', undefined]);
    expect(answer.text).toBe('plain');
  });

  it('puts into the key only what the policy names', async () => {
    const whitelist = (Name: string) => ({ Quantity: 1, Items: [Name] });
    const policy = await createCachePolicy(world, {
      Name: 'keyed',
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: false,
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: whitelist('X-Kind') },
        CookiesConfig: { CookieBehavior: 'whitelist', Cookies: whitelist('team') },
        QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: whitelist('v') },
      },
    });
    await distribute(world, { host: 'keyed.test', behaviour: { CachePolicyId: policy } });
    const source = async (path: string, headers = {}) =>
      (await world.send(path, { host: 'keyed.test', ...headers })).headers['x-cache'];
    const miss = 'Miss from cloudfront';
    const hit = 'Hit from cloudfront';
    expect(await source('/plain.html')).toBe(miss);
    expect(await source('/plain.html?w=1', { cookie: 'other=1', 'x-other': '1' })).toBe(hit);
    expect(await source('/plain.html?v=1')).toBe(miss);
    expect(await source('/plain.html', { cookie: 'team=a; other=2' })).toBe(miss);
    expect(await source('/plain.html', { cookie: 'team=a' })).toBe(hit);
    expect(await source('/plain.html', { 'x-kind': 'b' })).toBe(miss);
  });
});

describe('hosts, behaviours and origins', () => {
  it('answers 403 for a host nobody configured, for a disabled distribution and another method', async () => {
    await distribute(world, { host: 'off.test', config: { Enabled: false } });
    expect((await world.send('/', { host: 'nobody.test' })).status).toBe(403);
    expect((await world.send('/', { host: 'off.test' })).status).toBe(403);
    expect((await world.send('/plain.html', { host: 'html.test' }, 'POST')).status).toBe(403);
  });

  it('serves under the distribution domain and its aliases, whatever the case and port', async () => {
    const { domain } = await distribute(world, {
      host: 'alias.test',
      config: { Aliases: { Quantity: 2, Items: ['alias.test', '*.wild.test'] } },
    });
    for (const host of ['Alias.Test:8080', domain, 'any.wild.test']) {
      expect((await world.send('/plain.html', { host })).text, host).toBe('plain');
    }
  });

  it('chooses the first behaviour whose pattern matches, and adds the origin path', async () => {
    const origin = (Id: string, OriginPath: string) => ({
      Id,
      OriginPath,
      DomainName: 'acme-web-builds.s3.amazonaws.com',
      S3OriginConfig: { OriginAccessIdentity: '' },
    });
    await distribute(world, {
      host: 'paths.test',
      behaviours: [
        { PathPattern: '/page.htm?', TargetOriginId: 'site' },
        { PathPattern: '*.HTML', TargetOriginId: 'site' },
      ],
      config: {
        DefaultRootObject: 'plain.html',
        Origins: { Quantity: 2, Items: [origin('bucket', ''), origin('site', '/site')] },
      },
    });
    const text = async (path: string) => (await world.send(path, { host: 'paths.test' })).text;
    expect(await text('/page.html')).toBe('page');
    expect(await text('/plain.html')).toBe('plain');
    expect(await text('/plain.HTML')).toContain('NoSuchKey');
    expect(await text('/')).toBe('plain');
    expect(await text('/a%2Bb.html')).toBe('plus');
  });

  it('asks custom origins on this machine only', async () => {
    const server = createServer((incoming, outgoing) => {
      outgoing.setHeader('set-cookie', ['a=1', 'b=2']);
      outgoing.end(`${incoming.method} ${incoming.url} ${String(incoming.headers['x-origin'])}`);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const port = (server.address() as { port: number }).port;
    const custom = (Id: string, DomainName: string) => ({
      Id,
      DomainName,
      OriginPath: '/app',
      CustomHeaders: { Quantity: 1, Items: [{ HeaderName: 'X-Origin', HeaderValue: 'yes' }] },
      CustomOriginConfig: {
        HTTPPort: port,
        HTTPSPort: 443,
        OriginProtocolPolicy: 'http-only' as const,
      },
    });
    await distribute(world, {
      host: 'custom.test',
      behaviour: { TargetOriginId: 'here' },
      behaviours: [{ PathPattern: '/away', TargetOriginId: 'away' }],
      config: {
        Origins: {
          Quantity: 2,
          Items: [custom('here', '127.0.0.1'), custom('away', 'origin.example.com')],
        },
      },
    });
    const here = await world.send('/x?q=1', { host: 'custom.test' });
    expect(here.text).toBe('GET /app/x yes');
    expect(here.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect((await world.send('/away', { host: 'custom.test' })).status).toBe(502);
    server.close();
  });
});
