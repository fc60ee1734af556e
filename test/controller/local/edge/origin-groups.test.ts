import type { Origin } from '@aws-sdk/client-cloudfront';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distribute } from './account.ts';
import { serveWith } from './lambda-site.ts';
import { bucket, openOrigins, type Origins, type Told } from './origin-site.ts';
import { startWorld, type World } from './world.ts';

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

describe('an origin group', () => {
  const group = (Id: string, members: readonly string[], codes: readonly number[]) => ({
    Quantity: 1,
    Items: [
      {
        Id,
        FailoverCriteria: { StatusCodes: { Quantity: codes.length, Items: [...codes] } },
        Members: {
          Quantity: members.length,
          Items: members.map((OriginId) => ({ OriginId })),
        },
      },
    ],
  });
  const serveGroup = async (
    host: string,
    members: readonly Origin[],
    parts: { codes: readonly number[]; lambda?: string },
  ) => {
    const [first, second] = members.map(({ Id }) => String(Id));
    const config = {
      Origins: { Quantity: members.length, Items: [...members] },
      OriginGroups: group('both', [first ?? '', second ?? ''], parts.codes),
    };
    const behaviour = { TargetOriginId: 'both' };
    if (parts.lambda !== undefined) {
      const site = await serveWith(
        world,
        host,
        { 'origin-request': parts.lambda },
        { behaviour, config },
      );
      return site.get;
    }
    await distribute(world, { host: `${host}.test`, behaviour, config });
    return (path: string) => world.send(path, { host: `${host}.test` });
  };

  it('serves untrusted pooled files from the second bucket path', async () => {
    const pools = [bucket('pool', '/shop/pool'), bucket('untrusted', '/shop/untrusted/pool')];
    const get = await serveGroup('pools', pools, { codes: [403, 404] });
    expect((await get('/a.js')).text).toBe('trusted');
    expect((await get('/b.js')).text).toBe('untrusted');
    expect((await get('/b.js')).headers['x-cache']).toBe('Hit from cloudfront');
    expect((await get('/c.js')).status).toBe(404);
    world.advance(90_000);
    expect((await get('/b.js')).headers['x-cache']).toBe('RefreshHit from cloudfront');
  });

  it('fails over when it cannot connect only with 503, and when nothing comes only with 504', async () => {
    const { port: closed } = await closedPort();
    const { custom } = origins;
    const dead = custom('dead', '', { HTTPPort: closed });
    const silent = custom('silent', '/silent', { OriginReadTimeout: 1 });
    const alive = custom('alive', '/alive');
    const status = async (name: string, members: readonly Origin[], codes: readonly number[]) =>
      (await (await serveGroup(name, members, { codes }))('/')).status;
    expect(await status('dead-502', [dead, alive], [500, 502, 504])).toBe(502);
    expect(await status('dead-503', [dead, alive], [503])).toBe(200);
    const slow = ['504', '503'].map(async (code) =>
      status(`silent-${code}`, [silent, alive], [Number(code)]),
    );
    expect(await Promise.all(slow)).toEqual([200, 504]);
  });

  it('runs origin-request again for the second origin', async () => {
    const { custom } = origins;
    const get = await serveGroup(
      'triggers',
      [custom('one', '/status-500'), custom('two', '/two')],
      {
        codes: [500],
        lambda: `request.headers['x-run'] = [{ value: runs + request.origin.custom.path }]; return request;`,
      },
    );
    expect((JSON.parse((await get('/')).text) as Told).headers['x-run']).toBe('2/two');
  });
});

/** A port that nobody listens on. */
async function closedPort(): Promise<AddressInfo> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address() as AddressInfo;
  await new Promise((resolve) => other.close(resolve));
  return address;
}
