import { beforeAll, expect, it } from 'vitest';
import { keys } from '../../../controller/commands/keys.ts';
import { priority } from '../../../controller/commands/priority.ts';
import { mac } from '../../../controller/core/tokens/mac.ts';
import { readToken, type TokenKind } from '../../../edge/core/token.ts';
import { SIGNED, useSigning, type RunOptions, type Signing } from './signing.ts';

const open = useSigning();
let mine: Signing;
beforeAll(async () => {
  mine = await open();
  await mine.run(keys, ['rotate', mine.app, 'prod']);
});

const run = (args: readonly string[], options: RunOptions = { policy: SIGNED }) =>
  mine.run(priority, [mine.app, 'prod', ...args], options);

it('prints the cookie of one person in the present generation', async () => {
  const { code, said } = await run(['member-4711'], { policy: SIGNED, values: { ttl: '1d' } });
  expect(code).toBe(0);
  const [, token = ''] =
    /^vip=(\S+); Path=\/; Secure; SameSite=Lax; HttpOnly; Max-Age=86400$/.exec(said) ?? [];
  const ring = await mine.ring();
  const now = Date.now() / 1000;
  const read = (kind: TokenKind, at: number) =>
    readToken(token, kind, { now: at, keys: { scope: `${mine.app}~prod`, ring, mac } });
  expect(read('v', now)?.slice(0, 2)).toEqual(['3', 'member-4711']);
  expect(read('v', now + 86_401)).toBeUndefined();
  expect(read('s', now)).toBeUndefined();
});

it('says the same to machines', async () => {
  const { said } = await run(['a'], { policy: SIGNED, values: { json: true } });
  expect(JSON.parse(said)).toMatchObject({ cookie: 'vip', person: 'a', generation: 3 });
});

it.each<[readonly string[], RunOptions | undefined, RegExp]>([
  [['a b'], undefined, /the id of a person/],
  [[], undefined, /the id of a person/],
  [['a'], { policy: SIGNED, values: { ttl: '31d' } }, /longer than 30d/],
  [['a'], {}, /has no `gate: priority`/],
])('refuses %j %j', async (args, options, says) => {
  const { code, said } = await run(args, options);
  expect(code).toBe(2);
  expect(said).toMatch(says);
});
