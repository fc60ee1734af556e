import { expect, it } from 'vitest';
import { applyPlan } from '../../../controller/apply/apply.ts';
import { eject } from '../../../controller/commands/eject.ts';
import { rollback } from '../../../controller/commands/rollback.ts';
import type { Command } from '../../../controller/commands/command.ts';
import { planRollback } from '../../../controller/core/plan/rollback.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readForRollback } from '../../../controller/read/for-rollback.ts';
import { killAt, subjectOf } from '../../fakes/rolling.ts';
import { DISTRIBUTION, environmentPolicy, Killed, LAMBDA_GROUP, World } from '../../fakes/world.ts';

const PLACE = 'bucket: builds, region: us-east-1';
const ROLE = 'arn:aws:iam::000000000000:role/headgate-edge';
const SHOP = `apiVersion: headgate/v1
app: shop
bucket: builds
region: us-east-1
spa: true
pool: { include: [/assets/*] }
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E1EXAMPLE }
    release: { build: "2" }
`;
const LEFT = 'arn:aws:cloudfront::000000000000:function/shop_prod_ejected';

/** Build 2 serves everyone; a person goes back to 1, and that run dies before it writes the record. */
async function rolledBackUnrecorded(group?: World['group']): Promise<World> {
  const world = new World(group);
  world.publish('1', '2');
  for (const build of ['1', '2']) {
    world.policy = environmentPolicy(build);
    for (let step = 0; step < 4; step++) {
      await world.reconcile();
      world.pass(121);
    }
  }
  const to = world.storedRecord?.served?.find(({ build }) => build.build === '1')?.build;
  if (to === undefined) throw new Error('build 1 was never stable');
  const { facts } = await readForRollback(world.context(), subjectOf(world));
  const plan = planRollback(facts, { reason: 'manual', evidence: [], to });
  await expect(applyPlan(plan, world.context(killAt(2, 'before')))).rejects.toThrow(Killed);
  expect(world.storedRecord).toMatchObject({ phase: 'idle', stable: { build: '2' } });
  return world;
}

interface Ran {
  readonly code: unknown;
  readonly said: string;
  /** Of the function that it published. */
  readonly source: string;
}

async function run(world: World, command: Command, values = {}, shop = SHOP): Promise<Ran> {
  const said: string[] = [];
  let source = '';
  let isLeft = false;
  const base = world.context();
  const edge =
    world.group.runtime === 'lambda-edge'
      ? `{ runtime: lambda-edge, role: "${ROLE}", ${PLACE} }`
      : `{ runtime: cloudfront-functions, keyValueStore: headgate-prod, ${PLACE} }`;
  const texts: Readonly<Record<string, string>> = {
    'policies/edge.yaml': `apiVersion: headgate/v1\ngroups:\n  prod: ${edge}\n`,
    'policies/shop.yaml': shop,
  };
  const say = (text: string) => void said.push(text);
  const bare = DISTRIBUTION.behaviours.map((one) =>
    one.pattern === '*' ? { ...one, viewerRequestArn: LEFT, viewerResponseArn: undefined } : one,
  );
  const context: Context = {
    ...base,
    terminal: { ...base.terminal, print: say, note: say },
    files: {
      ...base.files,
      list: async () => ['edge.yaml', 'shop.yaml'],
      readText: async (path) => texts[path],
    },
    distributions: {
      ...base.distributions,
      read: async (id) =>
        isLeft ? { ...DISTRIBUTION, behaviours: bare } : base.distributions.read(id),
      leave: async () => {
        isLeft = true;
      },
    },
    edgeCode: {
      readLive: async () => undefined,
      stage: async ({ code }) => {
        source = code;
        return 'revision';
      },
      test: async (_name, _revision, event) => answer(event),
      publish: async () => LEFT,
    },
  };
  const options = { policies: 'policies', reason: 'by hand', ...values };
  const code = await command
    .run({ positionals: ['shop', 'prod'], values: options }, context)
    .catch((error: { exitCode?: number; message: string }) => {
      say(error.message);
      return error.exitCode ?? error;
    });
  return { code, said: said.join('\n'), source };
}

/** Of CloudFront, for a function that serves build 1. */
function answer(event: unknown) {
  const { uri, headers } = (event as { request: { uri: string; headers: object } }).request;
  const file = 'sec-fetch-mode' in headers ? '/index.html' : '/a%2Bb.js';
  const output = uri.includes('.headgate')
    ? { statusCode: 404 }
    : { request: { uri: `/shop/builds/1${file}` } };
  return { output, error: undefined, utilization: 1, logs: [] };
}

it.each([undefined, LAMBDA_GROUP])(
  'leaves on the build that a rollback made live, also before any record says so (%#)',
  async (group) => {
    const world = await rolledBackUnrecorded(group);
    const dry = await run(world, eject);
    expect(dry.code, dry.said).toBe(0);
    expect(dry.said).toContain('leaves Headgate on build 1.');
    expect(dry.said).toContain('the live route is newer than the record');
    expect(world.storedRecord?.stable.build).toBe('2');

    const left = await run(world, eject, { apply: true });
    expect(left.code, left.said).toBe(0);
    expect(left.source).toContain('var BUILD = "1";');
    expect(world.storedRecord).toMatchObject({
      stable: { build: '1' },
      phase: 'held',
      pause: { reason: 'ejected, on build 1' },
    });
    expect(world.storedRecord?.intent).toBeUndefined();
    expect([...world.history.values()].at(-1)).toMatchObject({ event: 'rolled-back' });
  },
);

it('tells of a rollback after it that nobody is served by', async () => {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  expect((await run(world, eject, { apply: true })).code).toBe(0);
  world.policy = environmentPolicy('2');
  const back = await run(world, rollback);
  expect(back.said).toContain('shop/prod was ejected on build 1');
});

it('goes by no policy that has an issue', async () => {
  const world = new World();
  world.publish('1');
  await world.reconcile();
  const { code, said } = await run(world, eject, { apply: true }, `${SHOP}typo: 1\n`);
  expect(code, said).toBe(2);
  expect(world.storedRecord?.pause).toBeUndefined();
});
