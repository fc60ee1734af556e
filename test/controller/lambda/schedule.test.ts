import { beforeEach, describe, expect, it } from 'vitest';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import {
  CODE_RECORD_VERSION,
  type CodeRecord,
} from '../../../controller/core/state/code-record.ts';
import { createHandler } from '../../../controller/lambda/handler.ts';
import type { Answer } from '../../../controller/lambda/answer.ts';
import type { LogLine } from '../../../controller/lambda/log.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { rolling } from '../../fakes/rolling.ts';
import { environmentPolicy, World, type WriteHook } from '../../fakes/world.ts';
import { copyOf, writeCopy } from './copy.ts';

const EVENT = { headgate: { bucket: 'builds', region: 'us-east-1', apps: ['shop'] } };

let world: World;
let lines: LogLine[];
/** What the group's functions can do. */
let features: CodeRecord['releases'][number]['features'];

beforeEach(async () => {
  world = await rolling();
  lines = [];
  features = EDGE_FEATURES;
});

async function tick(changes: Partial<Context> = {}, hook?: WriteHook): Promise<readonly Answer[]> {
  const release = { hash: 'a'.repeat(16), at: '2026-03-01T00:00:00Z', quiet: true, features };
  const record = { version: CODE_RECORD_VERSION, group: 'prod', releases: [release] } as const;
  const context: Context = {
    ...world.context(hook),
    policyCopies: () => copyOf('2'),
    codeRecords: () => ({
      read: async () => ({ record, revision: '1' }),
      write: () => expect.unreachable(),
    }),
    ...changes,
  };
  const { answers } = await createHandler({ context, log: (line) => lines.push(line) })(EVENT);
  return answers;
}

describe('the schedule', () => {
  it('takes a rollout to its end, a step when it is due, as itself and from the commit of the copy', async () => {
    expect(await tick()).toMatchObject([{ subject: 'shop/prod', outcome: 'nothing' }]);
    expect(world.writes).toEqual([]);
    for (const weight of [2500, 10_000]) {
      world.pass(60);
      expect(await tick()).toMatchObject([{ outcome: 'applied' }]);
      expect(world.route?.canary?.weight).toBe(weight);
      world.writes = [];
      expect(await tick()).toMatchObject([{ outcome: 'nothing' }]);
      expect(world.writes).toEqual([]);
    }
    world.pass(120);
    await tick();
    expect(world.storedRecord).toMatchObject({ phase: 'idle', stable: { build: '2' } });
    const last = {
      by: 'the fast lane (schedule)',
      commit: 'f'.repeat(40),
      event: 'rollout-finished',
    };
    expect(world.storedRecord?.last).toMatchObject(last);
  });

  it('rolls back what an alarm failed whose event was lost', async () => {
    world.fireAlarm();
    expect(await tick()).toMatchObject([{ outcome: 'rolled-back' }]);
    expect(world.storedRecord).toMatchObject({ phase: 'held', stable: { build: '1' } });
    expect(lines).toMatchObject([{ level: 'warning', call: 'schedule' }]);
  });

  it('starts what the policy names, and repairs what drifted', async () => {
    await tick({ policyCopies: () => copyOf('3') });
    expect(world.storedRecord?.rollout?.canary.build).toBe('3');
    world.routes.clear();
    await tick({ policyCopies: () => copyOf('3') });
    expect(world.route?.canary?.build[0]).toBe('3');
  });

  it('takes a step once together with a reconcile, at the very same time too', async () => {
    world.policy = environmentPolicy('2');
    world.pass(60);
    await Promise.allSettled([tick(), world.reconcile(), tick(), world.reconcile()]);
    await tick();
    const steps = [...world.history.values()].filter(({ event }) => event === 'step');
    expect(steps).toHaveLength(1);
    expect(world.route?.canary?.weight).toBe(2500);
  });

  it.each(['record', 'routes', 'ssm route'])(
    'takes a step once with a reconcile that begins at its first write of %s',
    async (place) => {
      world.policy = environmentPolicy('2');
      world.pass(60);
      let isFirst = true;
      const other: WriteHook = async (moment, write) => {
        if (!isFirst || moment !== 'before' || write !== place) return;
        isFirst = false;
        await world.reconcile();
      };
      expect(['applied', 'waits']).toContain((await tick({}, other))[0]?.outcome);
      await world.reconcile();
      const steps = [...world.history.values()].filter(({ event }) => event === 'step');
      expect(steps).toHaveLength(1);
    },
  );

  it('never takes back what a newer policy did while its plans were made', async () => {
    // A reconcile puts its policy there, and then releases build 3, between our reading of both.
    let current = copyOf('2');
    const { builds } = world.context();
    const changes: Partial<Context> = {
      policyCopies: () => ({ ...current, read: (app) => current.read(app) }),
      builds: (place) => {
        current = copyOf('3');
        return builds(place);
      },
    };
    world.policy = environmentPolicy('3');
    await world.reconcile();
    world.writes = [];
    const [answer] = await tick(changes);
    expect(answer?.outcome).toBe('nothing');
    expect(world.writes).toEqual([]);
    expect(world.storedRecord?.rollout?.canary.build).toBe('3');
  });
});

describe('the schedule leaves to reconcile', () => {
  it('the first release', async () => {
    world = new World();
    world.publish('2');
    expect(await tick()).toMatchObject([
      { outcome: 'nothing', why: expect.stringMatching(/first/) },
    ]);
    expect(world.writes).toEqual([]);
  });

  it('a route that the running code could not carry out', async () => {
    features = [];
    const split = [{ build: '1', weight: '10%' }];
    world.pass(60);
    const [answer] = await tick({ policyCopies: () => copyOf('2', { split }) });
    expect(answer).toMatchObject({
      outcome: 'nothing',
      why: expect.stringMatching(/code with split/),
    });
    expect(world.writes).toEqual([]);
  });

  it('what runs on the behaviours', async () => {
    const { distribution } = world;
    const bare = distribution?.behaviours.map((one) => ({ ...one, viewerRequestArn: undefined }));
    world.distribution = distribution && bare && { ...distribution, behaviours: bare };
    world.pass(60);
    await tick();
    expect(world.route?.canary?.weight).toBe(2500);
    expect(await tick()).toMatchObject([{ outcome: 'nothing' }]);
  });
});

describe('the schedule says so, and throws nothing, because its next minute comes anyway', () => {
  it('when nobody has reconciled the app', async () => {
    const [answer] = await tick({ policyCopies: () => copyOf(undefined) });
    expect(answer).toMatchObject({ outcome: 'refused', why: expect.stringMatching(/reconcile/) });
    expect(lines).toMatchObject([{ level: 'error' }]);
  });

  it('when an environment cannot be read, whose guard goes on', async () => {
    world.fireAlarm();
    const distributions = {
      ...world.context().distributions,
      read: () => Promise.reject(new Error('x')),
    };
    const answers = await tick({ distributions });
    expect(answers).toMatchObject([{ outcome: 'rolled-back' }, { outcome: 'failed' }]);
    expect(world.route?.canary).toBeUndefined();
  });

  it('when nobody knows what the edge code can do: nothing moves forward, and the guard goes on', async () => {
    const codeRecords: Context['codeRecords'] = () => ({
      read: () => Promise.reject(new Error('throttled')),
      write: () => expect.unreachable(),
    });
    world.pass(60);
    const failed = { outcome: 'failed', why: expect.stringMatching(/edge group prod.*throttled/) };
    expect(await tick({ codeRecords })).toMatchObject([{ subject: 'shop/prod' }, failed]);
    expect(world.writes).toEqual([]);
    world.fireAlarm();
    expect(await tick({ codeRecords })).toMatchObject([{ outcome: 'rolled-back' }, failed]);
    expect(world.route?.canary).toBeUndefined();
  });

  it('when its environment was refused by the reconcile that saw all files: only the guard goes on', async () => {
    const stored = { copy: { ...writeCopy('2'), refused: ['prod'] }, revision: '1' };
    const policyCopies = () => ({ ...copyOf('2'), read: async () => stored });
    world.pass(60);
    expect(await tick({ policyCopies })).toEqual([]);
    expect(world.writes).toEqual([]);
    world.fireAlarm();
    expect(await tick({ policyCopies })).toMatchObject([{ outcome: 'rolled-back' }]);
  });

  it('when its copy is of a version that knows more, and the guard goes on', async () => {
    world.fireAlarm();
    const answers = await tick({ policyCopies: () => copyOf('2', { unheardOf: true }) });
    expect(answers).toMatchObject([{ outcome: 'rolled-back' }]);
  });
});
