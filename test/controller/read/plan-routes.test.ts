import { describe, expect, it } from 'vitest';
import { nameCode, type CodeRecord } from '../../../controller/core/state/code-record.ts';
import { planAll } from '../../../controller/read/plan-all.ts';
import { gateOf } from '../../fakes/gate.ts';
import { environmentPolicy, GROUP, World } from '../../fakes/world.ts';

const AT = '2026-02-28T12:00:00.000Z';

/** What a run that leaves edge code alone plans for the environment; the group's record has this code. */
async function planRoutes(world: World, code: CodeRecord['releases'][number] | undefined) {
  const releases = code === undefined ? [] : [code];
  const record: CodeRecord = { version: 1, group: GROUP.name, releases };
  const context = {
    ...world.context(),
    codeRecords: () => ({ read: async () => ({ record, revision: '1' }), write: async () => {} }),
    builds: () => ({ ...world.context().builds(world.app), readSettings: async () => undefined }),
  };
  const policies = { groups: [GROUP], apps: [world.app] };
  const run = { by: 'tester', commit: undefined };
  const options = { run, isComplete: true, leavesCode: true };
  const { set, failures } = await planAll(context, policies, options);
  expect(failures).toEqual([]);
  const kinds = set.plans.flatMap(({ changes }) => changes.map(({ kind }) => kind));
  return { own: set.plans.find(({ subject }) => subject.kind === 'environment'), kinds };
}

const PLAIN = { ...nameCode({ request: 'r', response: 's' }, []), at: AT, quiet: true };

describe('a run that leaves edge code alone', () => {
  it('makes a first release, and neither publishes nor associates anything', async () => {
    const world = new World();
    world.publish('1');
    const { own, kinds } = await planRoutes(world, PLAIN);
    expect(own?.direction).toBe('forward');
    expect(kinds).toContain('write-route');
    expect(kinds).not.toContain('publish-function');
    expect(kinds).not.toContain('associate');
  });

  it('waits for code that nobody has published, and names who does', async () => {
    const world = new World();
    world.publish('1');
    const { own } = await planRoutes(world, undefined);
    expect(own).toMatchObject({ direction: 'none', changes: [] });
    expect(own?.why).toContain('`headgate reconcile --only code` publishes');
  });

  it('and for a feature that what is published lacks', async () => {
    const world = new World();
    world.publish('1');
    world.routes.set('keys/shop/prod', '{}');
    world.policy = environmentPolicy('1', { gate: gateOf() });
    const { own } = await planRoutes(world, PLAIN);
    expect(own?.why).toContain('Waits for edge code with gate');
    const ready = { ...PLAIN, features: ['gate'] } as const;
    expect((await planRoutes(world, ready)).own?.direction).toBe('forward');
  });
});
