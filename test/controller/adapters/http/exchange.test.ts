import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { createProbe } from '../../../../controller/adapters/http/probe.ts';
import { createWebhook } from '../../../../controller/adapters/http/webhook.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('asks as a browser does, at another address with the host that is meant', async () => {
  let asked: IncomingMessage | undefined;
  const endpoint = await serve((request, response) => {
    asked = request;
    response.writeHead(302, { location: '/elsewhere', 'X-Headgate-Build': '42' });
    response.end('gone');
  });
  const probe = createProbe(endpoint);
  const options = { cookie: 'hg_preview=42', timeoutMilliseconds: 5000 };
  expect(await probe.get('https://shop.example.com/a?b=c', options)).toMatchObject({
    status: 302,
    headers: { location: '/elsewhere', 'x-headgate-build': '42' },
    body: 'gone',
  });
  expect(asked?.url).toBe('/a?b=c');
  expect(asked?.headers).toMatchObject({
    host: 'shop.example.com',
    cookie: 'hg_preview=42',
    'sec-fetch-mode': 'navigate',
  });
});

it('says why there is no answer, and waits no longer than it was told', async () => {
  const silent = await serve(() => {});
  const dripping = await serve((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const options = { timeoutMilliseconds: 150 };
  const late = { error: 'no answer within 0.15 s' };
  expect(await createProbe(silent).get('https://shop.example.com/', options)).toEqual(late);
  expect(await createProbe(dripping).get('https://shop.example.com/', options)).toEqual(late);
  const refused = await createProbe('http://127.0.0.1:1').get('https://a.example/', options);
  expect(refused).toMatchObject({ error: expect.stringContaining('ECONNREFUSED') });
  expect(await createProbe(undefined).get('not a url', options)).toHaveProperty('error');
  expect(await createProbe('localhost:4581').get('https://a.example/', options)).toEqual({
    error: 'HEADGATE_EDGE_ENDPOINT is "localhost:4581", not a URL such as http://localhost:4581',
  });
});

it('reads the beginning of a body that never ends', async () => {
  const endpoint = await serve((_request, response) => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const pump = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pump);
    pump();
  });
  const got = await createProbe(endpoint).get('https://a.example/', { timeoutMilliseconds: 5000 });
  expect(got).toMatchObject({ status: 200 });
  expect('body' in got && got.body.length).toBe(1024 * 1024);
});

it('posts what it is given, and follows no redirect', async () => {
  const got: string[] = [];
  const url = await serve((request, response) => {
    void text(request).then((body) => {
      got.push(`${request.method} ${String(request.headers['x-headgate-event'])} ${body}`);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
  });
  const headers = { 'x-headgate-event': 'shop/prod/7' };
  const webhook = createWebhook();
  const message = { headers, body: '{"text":"grün"}', timeoutMilliseconds: 5000 };
  expect(await webhook.post(`${url}/hook`, message)).toMatchObject({ status: 307 });
  expect(got).toEqual(['POST shop/prod/7 {"text":"grün"}']);
});
