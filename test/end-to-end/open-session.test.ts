import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { listen } from '../../controller/local/http/listen.ts';
import { openSession } from './open-session.ts';

/** By the how manieth answer. The first three are the page that stays open and its files, then come turns of four. */
const SPOILT: Readonly<Record<number, { readonly status?: number; readonly body?: string }>> = {
  4: { status: 503 },
  9: { status: 404 },
  14: { body: 'script of 2' },
  15: { status: 403 },
};

it('a session tells of every answer that was wrong, and of no other', async () => {
  let count = 0;
  const server = await listen(0, () =>
    createServer((request, response) => {
      count += 1;
      const { status = 200, body } = SPOILT[count] ?? {};
      const isFile = String(request.url).endsWith('.js');
      response.writeHead(status).end(body ?? (isFile ? 'script of 1' : 'page of 1'));
    }),
  );
  const at = { edgeUrl: `http://localhost:${server.port}`, host: 'shop.example.com' };
  const session = openSession(at, ['/', '/page/{turn}'], true);
  await session.goOn();
  await session.close();
  await server.close();
  expect(session.failures).toEqual([
    '503 /',
    '404 /app.js of the page of 1: script of 1',
    '200 /chunk-1.js of the page of 1: script of 2',
    '403 /chunk-1.js of the page of 1: script of 1',
  ]);
});
