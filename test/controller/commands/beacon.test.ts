import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createEdgeBundler } from '../../../controller/adapters/edge/bundler.ts';
import { beacon } from '../../../controller/commands/beacon.ts';
import { EXIT } from '../../../controller/core/errors.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readExample, writeApp } from '../core/policy/fixtures.ts';

const POLICIES: Readonly<Record<string, string>> = {
  'edge.yaml': readExample('edge.yaml').text,
  'cart.yaml': writeApp({ environment: 'guard: { beacon: hold }' }),
  'shop.yaml': readExample('shop.yaml').text,
};
const FILES = {
  list: () => Promise.resolve(Object.keys(POLICIES)),
  readText: (path: string) => Promise.resolve(POLICIES[path.split('/').at(-1) ?? '']),
};

async function run(values: Readonly<Record<string, boolean | string>>, ...positionals: string[]) {
  const printed: string[] = [];
  const notes: string[] = [];
  const terminal = {
    print: (text: string) => void printed.push(text),
    note: (text: string) => void notes.push(text),
  };
  const context = { terminal, bundler: createEdgeBundler(), files: FILES } as unknown as Context;
  const exitCode = await beacon.run({ positionals, values }, context);
  expect(exitCode).toBe(EXIT.done);
  return { printed: printed.join('\n'), notes: notes.join('\n') };
}

it('prints the script as HTML, with the hash that a policy of the page needs', async () => {
  const { printed, notes } = await run({});
  const [, script = ''] = /^<script>(.*)<\/script>$/.exec(printed) ?? [];
  expect(script).toContain('/_headgate/errors?k=');
  const hash = createHash('sha256').update(script).digest('base64');
  expect(notes).toContain(`'sha256-${hash}'`);
});

it('prints the one for open tabs, also as JSON', async () => {
  const { printed } = await run({ 'open-tab': true });
  expect(printed).toContain('headgate:tab');
  const { name, script, hash } = JSON.parse((await run({ 'open-tab': true, json: true })).printed);
  expect({ name, printed: `<script>${script}</script>` }).toEqual({ name: 'open-tab', printed });
  expect(hash).toMatch(/^'sha256-.{44}'$/);
});

it('prints metric filters of an environment that has a beacon', async () => {
  const values = { 'metric-filters': true, policies: 'policies' };
  const { printed } = await run(values, 'cart', 'prod');
  const [errors, navigations] = printed.split('\n').map((line) => JSON.parse(line));
  expect(errors).toMatchObject({
    filterName: 'headgate-cart-prod-errors',
    logGroupName: '/aws/cloudfront/function/headgate-prod-request',
    filterPattern:
      '[id, tag=headgate, version=1, app=cart, environment=prod, arm, kind=e || kind=r || kind=c, build, salt, weight, slot]',
    metricTransformations: [{ metricName: 'Errors', dimensions: { Arm: '$arm' } }],
  });
  expect(navigations).toMatchObject({ metricTransformations: [{ metricName: 'Navigations' }] });
  await expect(run(values, 'shop', 'prod')).rejects.toThrow('has no beacon');
  await expect(run({}, 'shop')).rejects.toThrow('beacon takes no shop');
});
