import { describe, expect, it } from 'vitest';
import { environmentPolicy, HOST, World } from '../../fakes/world.ts';
import { rollBackByHand } from '../../fakes/rolling.ts';

const NAME = '/team/active';
const adopted = {
  cookies: { build: 'Build-Number', override: 'Override' },
  activeBuildParameter: NAME,
};

async function taken(active = '1'): Promise<World> {
  const world = new World();
  world.publish('1', '2');
  world.ssm.set(NAME, { value: active, version: 7 });
  world.policy = environmentPolicy('1', { adopted });
  return world;
}

describe('the active-build parameter of an earlier set-up', () => {
  it('stays as it is when the first release names the build that it says', async () => {
    const world = await taken();
    const plan = await world.plan();
    expect(plan.notes.join('\n')).toContain(`SSM ${NAME} says build 1, as the policy does`);
    await world.reconcile();
    expect(world.ssm.get(NAME)).toEqual({ value: '1', version: 7 });
    expect(world.route).toMatchObject({
      cookies: ['Build-Number', 'Override'],
      stable: ['1', expect.any(String)],
    });
  });

  it('is named in a warning when it says another build', async () => {
    const world = await taken('0');
    const notes = (await world.plan()).notes.join('\n');
    expect(notes).toContain(`warning: SSM ${NAME} says build 0, and the policy releases 1`);
    await world.reconcile();
    expect(world.ssm.get(NAME)?.value).toBe('1');
    expect((await world.plan()).notes.join('\n')).not.toContain('warning');
  });

  it('follows releases and rollbacks after our own', async () => {
    const world = await taken();
    await world.reconcile();
    world.policy = environmentPolicy('2', {
      adopted,
      release: { ...world.policy.release, build: '2', steps: [] },
    });
    world.writes = [];
    await world.reconcile();
    expect(world.writes.slice(1, 5)).toEqual([
      'routes',
      'ssm route',
      'ssm active-build',
      'ssm active',
    ]);
    expect(world.ssm.get(NAME)?.value).toBe('2');
    await rollBackByHand(world);
    expect(world.ssm.get(NAME)?.value).toBe('1');
  });

  it('is put back when someone else writes it', async () => {
    const world = await taken();
    await world.reconcile();
    world.ssm.set(NAME, { value: '9', version: 9 });
    world.writes = [];
    const outcome = await world.reconcile();
    expect(outcome.plan.direction).toBe('repair');
    expect(world.writes).toEqual(['ssm active']);
    expect(world.ssm.get(NAME)).toEqual({ value: '1', version: 10 });
    expect(world.routes.get(HOST)).toBe(world.storedRecord?.route);
  });
});
