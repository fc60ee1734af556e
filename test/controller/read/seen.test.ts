import { expect, it } from 'vitest';
import { renderSeen } from '../../../controller/core/report/seen.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { awaitSeen } from '../../../controller/read/seen.ts';
import { subjectOf } from '../../fakes/rolling.ts';
import { DISTRIBUTION, DOMAIN, environmentPolicy, HOST, World } from '../../fakes/world.ts';

const ADMIN = 'admin.example.com';

/** Hosts that answer, of a distribution with these aliases, and what was asked. */
async function look(aliases: readonly string[], answering: readonly string[]) {
  const world = new World();
  world.publish('1');
  world.distribution = { ...DISTRIBUTION, aliases: [HOST, ADMIN] };
  world.policy = environmentPolicy('1', { hosts: [HOST, ADMIN] });
  await world.reconcile();
  world.distribution = { ...DISTRIBUTION, aliases };
  const body = JSON.stringify({ app: 'shop', environment: 'prod', build: '1', generation: 1 });
  const asked: string[] = [];
  world.site = (url) => {
    const { host } = new URL(url);
    asked.push(host);
    return answering.includes(host) ? { status: 200, headers: {}, body } : { error: 'ENOTFOUND' };
  };
  const context = world.context();
  const run = { by: 'tester', commit: 'abc' };
  const facts = await readEnvironment(context, subjectOf(world), run);
  const { seen, propagation } = await awaitSeen(context, facts, 60);
  return { asked, lines: renderSeen(seen, 1), hasArrived: propagation !== undefined };
}

it('asks the distribution itself as long as it waits for a certificate', async () => {
  const { asked, lines, hasArrived } = await look([], [DOMAIN]);
  expect(asked).toEqual([DOMAIN]);
  expect(lines).toEqual([
    `${DOMAIN} (the distribution has no alias ${HOST}, ${ADMIN}): generation 1`,
  ]);
  expect(hasArrived).toBe(true);
});

it('asks it in the place of those hosts alone which it has no alias for', async () => {
  expect(await look([HOST], [HOST, DOMAIN])).toMatchObject({
    asked: [HOST, DOMAIN],
    hasArrived: true,
  });
  expect(await look(['*.example.com'], [HOST, ADMIN])).toMatchObject({
    asked: [HOST, ADMIN],
    hasArrived: true,
  });
});
