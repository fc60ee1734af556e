import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, storeCookie } from '../../../../controller/local/demo/browser.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/leave?on=1') {
      response.writeHead(302, { location: '/here', 'set-cookie': 'left=yes; Path=/' }).end();
    } else {
      const { host, cookie, 'sec-fetch-mode': mode } = request.headers;
      response.setHeader('x-headgate-build', '1041');
      response.end(JSON.stringify({ path: request.url, host, cookie, mode }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('follows redirects with the cookies it was given, on the host it was opened for', async () => {
  const browser = openBrowser(url, 'shop.localhost');
  const answer = await browser.navigate('/leave?on=1');
  expect(answer).toMatchObject({ status: 200, build: '1041' });
  const seen = { path: '/here', host: 'shop.localhost', cookie: 'left=yes', mode: 'navigate' };
  expect(JSON.parse(answer.body.toString())).toEqual(seen);
});

it('asks for files as a page does, and shares no cookies with other browsers', async () => {
  await openBrowser(url, 'shop.localhost').navigate('/leave?on=1');
  const answer = await openBrowser(url, 'shop.localhost').load('/app.js');
  expect(JSON.parse(answer.body.toString())).toEqual({
    path: '/app.js',
    host: 'shop.localhost',
    mode: 'cors',
  });
});

it('forgets expired cookies', () => {
  const jar = new Map<string, string>();
  storeCookie(jar, 'a=1; Path=/; HttpOnly');
  storeCookie(jar, 'b=x=y; Max-Age=60');
  storeCookie(jar, 'c=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
  expect([...jar]).toEqual([
    ['a', '1'],
    ['b', 'x=y'],
  ]);
  storeCookie(jar, 'a=; Path=/; Max-Age=0');
  expect([...jar.keys()]).toEqual(['b']);
});
