import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { applyAll } from '../../../controller/apply/apply-all.ts';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import type { PolicyCopy } from '../../../controller/core/policy/policy-copy.ts';
import { nameCode } from '../../../controller/core/state/code-record.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { planAll } from '../../../controller/read/plan-all.ts';
import { rolling } from '../../fakes/rolling.ts';
import { environmentPolicy, GROUP, type World } from '../../fakes/world.ts';
import { writeCopy } from '../lambda/copy.ts';

const LIVE = createHash('sha256').update('live').digest('hex').slice(0, 16);
const QUIET = { at: '2026-02-28T12:00:00.000Z', quiet: true };
const RELEASE = { ...nameCode({ request: LIVE, response: LIVE }, []), ...QUIET };
const RECORD = { version: 1, group: GROUP.name, releases: [RELEASE] } as const;
const RUN = { by: 'tester', commit: 'aaa' };
const stored: PolicyCopy = { ...writeCopy('2'), committedAt: '2026-03-03T00:00:00Z' };
const old: PolicyCopy = { ...writeCopy('3'), committedAt: '2026-03-02T00:00:00Z' };

function contextOf(world: World): Context {
  const context = world.context();
  const bundle = { code: 'code', hash: 'h' };
  return {
    ...context,
    bundler: {
      compose: async () => ({ request: bundle, response: bundle }),
      composeLambdaEdge: async () => bundle,
      composeSnippet: async () => '',
    },
    edgeCode: {
      ...context.edgeCode,
      readLive: async (name) => ({ code: 'live', comment: '', arn: name }),
    },
    codeRecords: () => ({
      read: async () => ({ record: RECORD, revision: '1' }),
      write: async () => {},
    }),
    builds: () => ({ ...context.builds(world.app), readSettings: async () => undefined }),
    policyCopies: () => ({
      read: async () => ({ copy: stored, revision: 'r1' }),
      write: async () => {
        throw new Error('newer policies are in force');
      },
    }),
  };
}

async function run(world: World, isCarriedOut: boolean) {
  const context = contextOf(world);
  const policies = { groups: [GROUP], apps: [world.app] };
  const makePlans = () =>
    planAll(context, policies, { run: RUN, isComplete: true, copies: [old], isCarriedOut });
  const { set, failures } = await makePlans();
  // Edge code has tests of its own.
  const own = sealPlanSet(set.plans.filter(({ subject }) => subject.kind !== 'group'));
  const outcomes = isCarriedOut ? await applyAll(own, { context, makePlans, failures }) : [];
  const about = outcomes.find(({ plan }) => plan.subject.kind === 'environment');
  return { set, failures, about };
}

describe('a run by policies that newer ones have replaced', () => {
  it('moves nothing forward, neither visitors nor edge code', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('3');
    const before = world.storedRecord;
    const { set, failures, about } = await run(world, true);
    expect(failures).toMatchObject([
      { subject: { kind: 'app', app: 'shop' }, error: { name: 'OldPoliciesError', exitCode: 4 } },
    ]);
    expect(about).toMatchObject({ status: 'skipped', exitCode: 4 });
    expect(world.storedRecord).toEqual(before);
    expect(world.route?.canary?.build[0]).toBe('2');
    const code = set.plans.find(({ subject }) => subject.kind === 'group');
    expect(code?.to).toContain(RELEASE.hash);
  });

  it('still rolls back', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('3');
    world.fireAlarm();
    const { about } = await run(world, true);
    expect(about).toMatchObject({ status: 'applied', exitCode: 5 });
    expect(world.storedRecord).toMatchObject({ phase: 'held', stable: { build: '1' } });
  });

  it('is shown by `plan` as what it would be on the head', async () => {
    const world = await rolling();
    world.policy = environmentPolicy('3');
    const { set, failures } = await run(world, false);
    expect(failures).toEqual([]);
    const app = set.plans.find(({ subject }) => subject.kind === 'app');
    expect(app?.notes.join()).toMatch(/older one/);
    expect(set.plans.at(-1)?.direction).toBe('forward');
    const code = set.plans.find(({ subject }) => subject.kind === 'group');
    expect(code?.to).not.toContain(RELEASE.hash);
  });
});
