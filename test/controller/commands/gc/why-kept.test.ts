import { expect, it } from 'vitest';
import { build as command } from '../../../../controller/commands/build.ts';
import { keys } from '../../../../controller/core/state/keys.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { World } from '../../../fakes/world.ts';

const NUMBERS = Array.from({ length: 22 }, (_, index) => String(index + 1));
const ASKED = { app: 'shop', bucket: 'builds', region: 'us-east-1', why: true };
/** What a policy that nobody has released yet may name, too. */
const POLICY = `apiVersion: headgate/v1
app: shop
bucket: builds
region: us-east-1
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E1EXAMPLE }
    release: { build: "2" }
`;
const EDGE = `apiVersion: headgate/v1
groups:
  prod: { runtime: cloudfront-functions, keyValueStore: headgate-prod, bucket: builds, region: us-east-1 }
`;

/** 22 builds, one a day, until ten days ago; the fourth is stable. */
async function ask(
  given: Readonly<Record<string, unknown>> = {},
  texts: Readonly<Record<string, string>> = {},
) {
  const world = new World();
  world.publish(...NUMBERS);
  world.policy = { ...world.policy, release: { ...world.policy.release, build: '4' } };
  await world.reconcile();
  world.pass(32 * 86_400);
  const manifests = NUMBERS.map((number, index) => ({
    key: keys.manifest({ app: 'shop' }, number),
    size: 1,
    modified: new Date(world.now - (31 - index) * 86_400_000),
    revision: '1',
  }));
  const folders: Readonly<Record<string, readonly string[]>> = {
    'shop/builds/': NUMBERS,
    'shop/environments/': ['prod'],
  };
  const whole = async <Entry>(found: readonly Entry[] = []) => ({ found, isWhole: true });
  const notes: string[] = [];
  const printed: string[] = [];
  const context = world.context();
  const files: Context['files'] = {
    ...context.files,
    list: async () => (texts['edge.yaml'] === undefined ? undefined : Object.keys(texts)),
    readText: async (path) => texts[path.split('/').at(-1) ?? ''],
  };
  await command.run(
    { positionals: ['list'], values: { ...ASKED, ...given } },
    {
      ...context,
      files,
      terminal: {
        ...context.terminal,
        note: (text) => void notes.push(text),
        print: (text) => void printed.push(text),
      },
      edgeCode: { ...context.edgeCode, readLive: async () => undefined },
      collections: () => ({
        list: (prefix) => whole(prefix === 'shop/' ? manifests : []),
        folders: (prefix) => whole(folders[prefix]),
        read: async () => undefined,
        write: () => expect.unreachable(),
        remove: () => expect.unreachable(),
        removeIf: () => expect.unreachable(),
      }),
    },
  );
  return { said: printed.join('\n'), notes: notes.join('\n') };
}

it('says what keeps each build, as gc would have it', async () => {
  const { said, notes } = await ask({}, { 'edge.yaml': EDGE, 'shop.yaml': POLICY });
  const lines = said.split('\n');
  expect(lines[0]).toBe('build  kept as');
  expect(lines).toContain('4      stable of shop/prod');
  expect(lines).toContain('2      named by the policy');
  expect(lines).toContain('22     one of the newest 20');
  expect(lines.find((line) => line.startsWith('1 '))).toMatch(
    /nothing: published .* nothing needs/,
  );
  expect(notes).toBe('');
});

it('goes by the bucket alone where there are no policies, and says what that leaves out', async () => {
  const { said, notes } = await ask({ json: true });
  const told = JSON.parse(said) as readonly { readonly build: string }[];
  expect(told).toHaveLength(22);
  const of = (number: string) => told.find(({ build }) => build === number);
  expect(of('4')).toEqual({ build: '4', isKept: true, why: 'stable of shop/prod' });
  expect(of('2')).toMatchObject({ isKept: false });
  expect(notes).toContain('no policy of this app and bucket');
});

it('has it beside everything else with --long, and nothing of it without --why', async () => {
  const { said } = await ask({ long: true });
  expect(said.split('\n')[0]).toMatch(/^build +published .* ref +kept as$/);
  expect((await ask({ why: undefined })).said).toBe(NUMBERS.join('\n'));
});

it('says that gc leaves builds at a root of their own alone', async () => {
  const { said, notes } = await ask({ root: '/' });
  expect(said).toContain('4      -');
  expect(notes).toContain('leaves all of them alone');
});

it('refuses what leads nowhere', async () => {
  await expect(ask({ why: undefined, policies: 'there' })).rejects.toThrow(/goes with --why/);
  const values = { ...ASKED, why: true };
  const shown = command.run({ positionals: ['show', '1'], values }, new World().context());
  await expect(shown).rejects.toThrow('show takes no --why');
});

it('refuses policies with issues: they may name anything', async () => {
  const texts = { 'edge.yaml': EDGE, 'shop.yaml': POLICY.replace('release', 'releases') };
  await expect(ask({ policies: 'there' }, texts)).rejects.toThrow(/have issues/);
});
