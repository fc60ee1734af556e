import type { EnvironmentRecord } from '../../controller/core/state/record.ts';
import { rolling } from './rolling.ts';
import type { World } from './world.ts';

/** Build 2 failed at its first step: stable 1 is held. */
export async function rolledBack(): Promise<World> {
  const world = await rolling();
  world.pass(30);
  world.fireAlarm();
  world.pass(4);
  await world.reconcile();
  return world;
}

export function recordOf(world: World): EnvironmentRecord {
  const { storedRecord } = world;
  if (storedRecord === undefined) throw new Error('no record');
  return storedRecord;
}

/** What people wrote for that world: build 2 in prod, with comments. */
export function policyText(build = '2', more = ''): string {
  return `# yaml-language-server: $schema=./app.schema.json
apiVersion: headgate/v1
app: shop
bucket: builds
region: us-east-1
environments:
  prod:
    hosts: [shop.example.com]
    edge: { group: prod, distribution: E1EXAMPLE }
    release:
      build: '${build}' # the redesign
      steps:
        - { weight: 5%,  hold: 1m }
      bake: 2m
${more}    guard:
      alarms: [{ name: shop-prod-errors, region: us-east-1 }]
`;
}
