import { expect, it } from 'vitest';
import { pause } from '../../../controller/commands/pause.ts';
import type { World } from '../../fakes/world.ts';
import { rolling } from '../../fakes/rolling.ts';

/** `bake` is none: the environment is left out of everything else. */
const SHOP = `apiVersion: headgate/v1
app: shop
bucket: builds
region: us-east-1
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E1EXAMPLE }
    release: { build: "1", bake: soon }
`;

async function run(world: World, values: Readonly<Record<string, string | boolean>>) {
  const context = world.context();
  const files = {
    ...context.files,
    list: async () => ('bucket' in values ? undefined : ['edge.yaml', 'shop.yaml']),
    readText: async (path: string) => (path.endsWith('shop.yaml') ? SHOP : 'groups: broken'),
  };
  const args = { positionals: ['shop', 'prod'], values: { policies: 'policies', ...values } };
  return pause.run(args, { ...context, files });
}

it.each([{}, { bucket: 'builds', region: 'us-east-1' }])(
  'works without a policy that can be used: %j',
  async (place) => {
    const world = await rolling();
    expect(await run(world, { ...place, reason: 'database move' })).toBe(0);
    expect(world.storedRecord?.pause).toMatchObject({ reason: 'database move' });
    world.fireAlarm();
    expect(await world.reconcile()).toMatchObject({ status: 'unchanged' });
    expect(await run(world, { ...place, resume: true })).toBe(0);
    expect(world.storedRecord?.pause).toBeUndefined();
    expect(await world.reconcile()).toMatchObject({ exitCode: 5 });
  },
);
