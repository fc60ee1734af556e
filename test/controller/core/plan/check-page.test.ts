import { expect, it } from 'vitest';
import { planEnvironment } from '../../../../controller/core/plan/environment.ts';
import { readEnvironment } from '../../../../controller/read/environment.ts';
import { gateOf } from '../../../fakes/gate.ts';
import { rolling, subjectOf } from '../../../fakes/rolling.ts';
import { environmentPolicy, GROUP, LAMBDA_GROUP } from '../../../fakes/world.ts';

async function planWith(pageBytes: number | undefined, group: typeof GROUP | typeof LAMBDA_GROUP) {
  const world = await rolling();
  world.routes.set('keys/shop/prod', '{}');
  world.pageBytes = pageBytes;
  world.policy = environmentPolicy('2', { gate: gateOf() });
  const facts = await readEnvironment(world.context(), subjectOf(world), {
    by: 'tester',
    commit: undefined,
  });
  return planEnvironment({ ...facts, group, store: facts.store });
}

const ofPage = ({ refusals }: Awaited<ReturnType<typeof planWith>>) =>
  refusals.filter(({ message }) => message.includes('waiting page'));

it('a gate without its page is refused, with its place and the command that stores it', async () => {
  const plan = await planWith(undefined, GROUP);
  expect(plan.refusals).toEqual([
    {
      exitCode: 2,
      message:
        'the waiting page of the gate is not published: there is no s3://builds/shop/pages/waiting/index.html',
      next: expect.stringContaining('headgate publish --pages') as string,
      place: { file: 'policies/shop.yaml', line: 21 },
    },
  ]);
  expect((await planWith(40_001, GROUP)).refusals).toEqual([]);
});

it('one that Lambda@Edge could not answer with is refused there', async () => {
  expect(ofPage(await planWith(40_000, LAMBDA_GROUP))).toEqual([]);
  expect(ofPage(await planWith(40_001, LAMBDA_GROUP))).toMatchObject([{ exitCode: 2 }]);
});
