import { describe, expect, it } from 'vitest';
import { applyAll } from '../../../controller/apply/apply-all.ts';
import { RefusedError, UsageError } from '../../../controller/core/errors.ts';
import { planApp } from '../../../controller/core/plan/app.ts';
import { planGroup } from '../../../controller/core/plan/group.ts';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import { nameCode } from '../../../controller/core/state/code-record.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { environmentPolicy, GROUP, World } from '../../fakes/world.ts';
import { writeCopy } from '../lambda/copy.ts';

/** An edge group whose new code is not accepted. */
const { plan: GROUP_PLAN } = planGroup({
  group: GROUP,
  source: nameCode({ request: 'aaaa', response: 'bbbb' }, []),
  record: undefined,
  recordRevision: undefined,
  errors: undefined,
  relies: [],
  now: new Date('2026-10-01T10:00:00Z'),
  live: { request: undefined, response: undefined },
  golden: new Map(),
  subjects: [],
  isComplete: true,
});

function refusingCode(context: Context): Context {
  const refuse = async (): Promise<never> => {
    throw new RefusedError('The new edge code fails 1 of 10 golden tests.', 'Mend it.');
  };
  return {
    ...context,
    bundler: { compose: refuse, composeLambdaEdge: refuse, composeSnippet: refuse },
  };
}

async function applyWithBadCode(world: World) {
  const set = sealPlanSet([await world.plan(), GROUP_PLAN]);
  const makePlans = async () => ({ set });
  return applyAll(set, { context: refusingCode(world.context()), makePlans });
}

describe('applyAll', () => {
  it('does not move an environment forward whose edge code could not be published', async () => {
    const world = new World();
    world.publish('1');
    const outcomes = await applyWithBadCode(world);
    expect(outcomes.map(({ status, exitCode }) => [status, exitCode])).toEqual([
      ['failed', 3],
      ['skipped', 3],
    ]);
    expect(world.route).toBeUndefined();
  });

  it('nor one whose edge code could not even be planned', async () => {
    const world = new World();
    world.publish('1');
    const set = sealPlanSet([await world.plan()]);
    const failures = [{ subject: GROUP_PLAN.subject, error: new RefusedError('No.', 'Mend it.') }];
    const around = { context: world.context(), makePlans: async () => ({ set }), failures };
    expect(await applyAll(set, around)).toMatchObject([{ status: 'skipped', exitCode: 3 }]);
    expect(world.route).toBeUndefined();
  });

  it('nor one whose policy the fast lane could not be given: that would take the move back', async () => {
    const world = new World();
    world.publish('1');
    const place = { bucket: 'builds', region: 'us-east-1' };
    const facts = { app: world.app, settings: undefined, stored: undefined };
    const app = planApp({ ...facts, copy: writeCopy('1') });
    const policyCopies: Context['policyCopies'] = () => ({
      read: async () => undefined,
      write: () => Promise.reject(new UsageError('may not write it', 'Allow it.')),
    });
    const set = sealPlanSet([await world.plan(), app]);
    const context = { ...world.context(), policyCopies };
    expect(app.changes).toContainEqual(expect.objectContaining({ place }));
    expect(await applyAll(set, { context, makePlans: async () => ({ set }) })).toMatchObject([
      { status: 'failed', exitCode: 2 },
      { status: 'skipped', exitCode: 2 },
    ]);
    const failures = [{ subject: app.subject, error: new UsageError('unreadable', 'Mend it.') }];
    const alone = sealPlanSet([await world.plan()]);
    const around = { context, makePlans: async () => ({ set: alone }), failures };
    expect(await applyAll(alone, around)).toMatchObject([{ status: 'skipped', exitCode: 2 }]);
    expect(world.route).toBeUndefined();
  });

  it('rolls back first, whatever the edge code does', async () => {
    const world = new World();
    world.publish('1', '2');
    await world.reconcile();
    world.policy = environmentPolicy('2');
    await world.reconcile();
    world.fireAlarm();
    const outcomes = await applyWithBadCode(world);
    expect(outcomes.map(({ status, exitCode }) => [status, exitCode])).toEqual([
      ['applied', 5],
      ['failed', 3],
    ]);
    expect(world.route).toMatchObject({ barred: ['2'] });
  });
});
