import { expect, test } from 'vitest';
import { bootstrap } from '../../../controller/commands/bootstrap.ts';
import { explainStacks } from '../../../controller/core/infrastructure/explain.ts';
import type { Template } from '../../../controller/core/infrastructure/template.ts';
import type { PolicyText } from '../../../controller/core/policy/source.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readDemo } from '../core/infrastructure/fixtures.ts';
import { readExample, writeApp, writeEdge } from '../core/policy/fixtures.ts';

const SHOP = readExample('shop.yaml');
const NEW = { ...SHOP, text: SHOP.text.replaceAll(/, distribution: \w+/g, '') };
const EXAMPLE = [readExample('edge.yaml'), NEW];
const AWAY: readonly PolicyText[] = [
  { file: 'policies/edge.yaml', text: writeEdge() },
  {
    file: 'policies/cart.yaml',
    text: writeApp()
      .replace(/, distribution: \w+/, '')
      .replace('acme-web-builds\nregion: us-east-1', 'acme-web-eu\nregion: eu-west-1'),
  },
];

/** Where only these files exist, and nothing can be asked. */
async function run(values: Readonly<Record<string, string | boolean>>, files = EXAMPLE) {
  const printed: string[] = [];
  const written = new Map<string, string>();
  const context = {
    terminal: { print: (text: string) => printed.push(text), note: () => undefined },
    files: {
      list: () => Promise.resolve(files.map(({ file }) => file.slice('policies/'.length))),
      readText: (path: string) => Promise.resolve(files.find(({ file }) => file === path)?.text),
      writeText: (path: string, text: string) => Promise.resolve(written.set(path, text)),
    },
  } as unknown as Context;
  const exitCode = await bootstrap.run({ positionals: [], values }, context);
  return { exitCode, printed: printed.join('\n'), written };
}

test('tells what is needed without asking anybody', async () => {
  const { exitCode, printed } = await run({});
  expect(exitCode).toBe(0);
  expect(printed).toContain('  + bucket acme-web-builds: private');
  expect(printed).toContain('headgate bootstrap --deploy');
  const { printed: json } = await run({ json: true });
  expect(JSON.parse(json)).toEqual(explainStacks(readDemo('')));
});

test('prints the template, or writes one file per region', async () => {
  const { printed } = await run({ template: true });
  const { Resources } = JSON.parse(printed) as Template;
  expect(Resources).toHaveProperty('DistributionShopProd');
  await expect(run({ template: true }, [...AWAY])).rejects.toThrow(
    'several stacks: us-east-1, eu-west-1',
  );
  const { written } = await run({ template: true, out: 'made/' }, [...AWAY]);
  expect([...written.keys()]).toEqual([
    'made/headgate-us-east-1.json',
    'made/headgate-eu-west-1.json',
  ]);
});

test('tells other tools every setting, and people every role', async () => {
  const { printed } = await run({ 'outputs-only': true });
  expect(printed).toContain('arn:aws:s3:::acme-web-builds/*/.headgate/*');
  const { printed: json } = await run({ 'outputs-only': true, json: true });
  expect(JSON.parse(json)).toContainEqual(
    expect.objectContaining({ name: 'cache policy headgate-app' }),
  );
  expect((await run({ roles: true })).printed).toContain('headgate-fast-lane');
});

test('makes nothing of policies with issues', async () => {
  const wrong = [...EXAMPLE, { file: 'policies/cart.yaml', text: 'app: cart' }];
  await expect(run({}, wrong)).rejects.toThrow('The policies have issues');
});

test.each<[Readonly<Record<string, boolean | string>>, string]>([
  [{ deploy: true, destroy: true }, '--deploy and --destroy exclude each other'],
  [{ deploy: true, confirm: 'headgate' }, '--confirm goes with --destroy'],
  [{ out: 'made' }, '--out goes with --template'],
])('refuses %o', async (values, message) => {
  await expect(run(values)).rejects.toThrow(message);
});
