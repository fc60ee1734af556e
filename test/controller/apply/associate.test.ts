import { expect, it } from 'vitest';
import { associate } from '../../../controller/apply/associate.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { World } from '../../fakes/world.ts';

const CHANGE = {
  kind: 'associate',
  distribution: 'E1',
  patterns: ['*'],
  requestFunction: 'request',
  responseFunction: 'response',
} as const;

it('waits before the write of what settles, and writes over nothing that came meanwhile', async () => {
  const world = new World();
  const done: string[] = [];
  const base = world.context();
  const context: Context = {
    ...base,
    clock: {
      ...base.clock,
      async sleep(milliseconds) {
        done.push(`wait ${milliseconds / 1000} s`);
        if (world.distribution) world.distribution = { ...world.distribution, revision: 'moved' };
      },
    },
    edgeCode: { ...base.edgeCode, readLive: async (name) => ({ arn: name }) as never },
    distributions: {
      ...base.distributions,
      associate: async (_id, revision) => void done.push(`write at ${revision}`),
    },
  };
  const revision = world.distribution?.revision;
  await associate({ ...CHANGE, settles: true }, context);
  await associate(CHANGE, context);
  expect(done).toEqual(['wait 30 s', `write at ${revision}`, 'write at moved']);
});
