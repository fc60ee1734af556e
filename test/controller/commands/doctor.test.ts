import { expect, test } from 'vitest';
import { doctor } from '../../../controller/commands/doctor.ts';
import { UsageError } from '../../../controller/core/errors.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readExample } from '../core/policy/fixtures.ts';

const FILES = [readExample('edge.yaml'), readExample('shop.yaml')];

/** Where nobody has credentials: that is found, and nothing else is asked. */
async function run(
  positionals: readonly string[],
  values: Readonly<Record<string, string | boolean>> = {},
) {
  const printed: string[] = [];
  const context = {
    terminal: {
      print: (text: string) => printed.push(text),
      note: () => undefined,
      progress: () => undefined,
    },
    clock: { now: () => new Date() },
    files: {
      list: () => Promise.resolve(FILES.map(({ file }) => file.slice('policies/'.length))),
      readText: (path: string) => Promise.resolve(FILES.find(({ file }) => file === path)?.text),
    },
    inspection: {
      identity: () => Promise.reject(new UsageError('There are no credentials.', 'Sign in.')),
    },
  } as unknown as Context;
  const given = { policies: 'policies', json: true, ...values };
  const code = await doctor.run({ positionals, values: given }, context);
  const { findings } = JSON.parse(printed.join('')) as { findings: { id: string }[] };
  return { code, ids: findings.map(({ id }) => id) };
}

test.each([[[]], [['shop']], [['shop/prod']], [['shop', 'prod']]])('takes %j', async (what) => {
  const { code, ids } = await run(what);
  expect(ids).toContain('credentials-refused');
  expect(code).toBe(3);
});

test.each([
  [['shop', 'moon'], 'The policies have no shop/moon'],
  [['shop/prod/more'], 'The policies have no shop/prod/more'],
  [['moon'], 'The policies have no moon'],
])('refuses %j', async (what, message) => {
  await expect(run(what)).rejects.toThrow(message);
});

test.each([{ writes: '3' }, { report: 'found.md' }, { yes: true }])(
  'refuses %j without the probe',
  async (values) => {
    const [name = ''] = Object.keys(values);
    await expect(run([], values as never)).rejects.toThrow(`--${name} goes with --probe`);
  },
);
