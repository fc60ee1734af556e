import { describe, expect, it } from 'vitest';
import { environmentPolicy, HOST, Killed, World, type WriteHook } from '../../fakes/world.ts';
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
    expect(outcome.plan.notes.join('\n')).toContain(
      `warning: SSM ${NAME} says build 9, and build 1 is active: it is overwritten. If another tool wrote that, stop it`,
    );
    expect(world.writes).toEqual(['ssm active']);
    expect(world.ssm.get(NAME)).toEqual({ value: '1', version: 10 });
    expect(world.routes.get(HOST)).toBe(world.storedRecord?.route);
  });

  it('is nobody else’s doing when a run of ours was interrupted before it', async () => {
    const world = await taken();
    await world.reconcile();
    world.policy = environmentPolicy('2', {
      adopted,
      release: { ...world.policy.release, build: '2', steps: [] },
    });
    const hook: WriteHook = (moment, write) => {
      if (moment === 'before' && write === 'ssm active') throw new Killed();
    };
    expect((await world.reconcile(hook)).status).toBe('failed');
    expect(world.ssm.get(NAME)?.value).toBe('1');
    const { plan } = await world.reconcile();
    expect(plan.notes.join('\n')).not.toContain('warning');
    expect(world.ssm.get(NAME)?.value).toBe('2');
  });

  it('is left alone, and releases wait, when it can take no build; a rollback never does', async () => {
    const world = await taken();
    await world.reconcile();
    world.policy = environmentPolicy('2', { adopted });
    await world.reconcile();
    const secret = { value: 'AQICA', version: 1, type: 'SecureString' };
    world.ssm.set(NAME, secret);
    world.writes = [];
    world.pass(600);
    const { plan } = await world.reconcile();
    expect(plan.refusals).toMatchObject([
      {
        exitCode: 3,
        message: `SSM ${NAME} is of type SecureString, and only a String can take the active build`,
      },
    ]);
    expect(world.writes).toEqual([]);
    world.fireAlarm();
    expect((await world.reconcile()).exitCode).toBe(5);
    expect(world.route?.canary).toBeUndefined();
    expect(world.ssm.get(NAME)).toEqual(secret);
  });
});

describe('the root of a live environment', () => {
  it('stays, for its builds do', async () => {
    const world = new World();
    world.root = '';
    world.publish('1', '2');
    await world.reconcile();
    world.root = undefined;
    world.policy = environmentPolicy('2');
    world.writes = [];
    const { plan } = await world.reconcile();
    expect(plan.refusals).toMatchObject([
      {
        exitCode: 3,
        message:
          "builds of the live route lie below s3://builds/, and the policy's root is /shop/builds/",
        next: expect.stringContaining('Say `root: ""` again'),
      },
    ]);
    expect(world.writes).toEqual([]);
    world.root = '';
    expect((await world.reconcile()).plan.refusals).toEqual([]);
  });

  it('may be written out', async () => {
    const world = new World();
    world.publish('1');
    await world.reconcile();
    world.root = 'shop/builds/';
    expect((await world.reconcile()).plan.refusals).toEqual([]);
  });
});
