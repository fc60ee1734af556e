import { expect, it } from 'vitest';
import type { PublishFunction } from '../../../../controller/core/plan/code-change.ts';
import { hostsOf } from '../../../../controller/core/plan/facts.ts';
import type { PlannedGroup } from '../../../../controller/core/plan/group-plan.ts';
import { sealPlan } from '../../../../controller/core/plan/plan.ts';
import { settleFirst } from '../../../../controller/core/plan/settle-first.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import { subjectOf } from '../../../fakes/rolling.ts';
import { environmentPolicy, World } from '../../../fakes/world.ts';

const ASSOCIATE = {
  kind: 'associate',
  distribution: 'E1',
  patterns: ['*'],
  requestFunction: 'headgate-prod-request',
  responseFunction: 'headgate-prod-response',
} as const;

async function look(adopted: object | undefined, publish?: { from: string; build: string }) {
  const world = new World();
  world.policy = environmentPolicy('1', adopted && { adopted });
  const run = { by: 'tester', commit: undefined };
  const facts = await readEnvironment(world.context(), subjectOf(world), run);
  const floor = publish && ['shop', 'prod', 'us-east-1', publish.build, 1];
  const change = {
    kind: 'publish-function',
    role: 'request',
    from: publish?.from,
    floor: Object.fromEntries(hostsOf(facts).map((host) => [host, floor])),
  } as unknown as PublishFunction;
  const group = { plan: { changes: publish ? [change] : [] } } as unknown as PlannedGroup;
  const plan = sealPlan({ ...(await world.plan()), changes: [ASSOCIATE] });
  return { plan, settled: settleFirst(plan, facts, group) };
}

it.each([
  ['a function without it is published', { from: 'earlier', build: '1' }],
  ['an earlier run may have published it', undefined],
  ['it has no build', { from: 'none', build: '' }],
])('the exchange of an adopted set-up waits for its floor: %s', async (_why, publish) => {
  const { plan, settled } = await look({ originPath: '/site' }, publish);
  expect(settled.changes).toEqual([{ ...ASSOCIATE, settles: true }]);
  // A wait is nothing to approve.
  expect(settled.checksum).toBe(plan.checksum);
});

it('waits also where nothing of the earlier set-up counts any more', async () => {
  const { settled } = await look({}, { from: 'earlier', build: '1' });
  expect(settled.changes).toEqual([{ ...ASSOCIATE, settles: true }]);
});

it('it waits for nothing with a function that no edge has had without the floor', async () => {
  const { plan, settled } = await look({ originPath: '/site' }, { from: 'none', build: '1' });
  expect(settled).toBe(plan);
});

it('where nobody was served before nothing waits', async () => {
  const { plan, settled } = await look(undefined, { from: 'earlier', build: '1' });
  expect(settled).toBe(plan);
});
