import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../controller/core/errors.ts';
import { createHandler, type Result } from '../../../controller/lambda/handler.ts';
import { createLog, type LogLine } from '../../../controller/lambda/log.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { rolling } from '../../fakes/rolling.ts';
import {
  environmentPolicy,
  GROUP,
  LAMBDA_GROUP,
  World,
  type WriteHook,
} from '../../fakes/world.ts';
import { copyOf } from './copy.ts';

const NAME = 'shop-prod-errors';

/** The event of the alarm, as it fired at that time. */
function eventAt(time: number | undefined, name = NAME) {
  const state =
    time === undefined
      ? { value: 'OK', timestamp: '2026-03-01T00:00:00.000+0000' }
      : { value: 'ALARM', timestamp: new Date(time).toISOString().replace('Z', '+0000') };
  return {
    headgate: { bucket: 'builds', region: 'us-east-1', app: 'shop', environment: 'prod' },
    event: {
      'detail-type': 'CloudWatch Alarm State Change',
      region: 'us-east-1',
      detail: { alarmName: name, state },
    },
  };
}

interface Called {
  readonly lines: LogLine[];
  readonly call: (event: unknown) => Promise<Result>;
}

function lane(world: World, changes: Partial<Context> = {}, hook?: WriteHook): Called {
  const lines: LogLine[] = [];
  const context = { ...world.context(hook), policyCopies: () => copyOf(undefined), ...changes };
  const log = createLog((line) => lines.push(JSON.parse(line) as LogLine));
  return { lines, call: createHandler({ context, log }) };
}

function rollbacksIn(world: World): readonly number[] {
  const entries = [...world.history.values()].filter(({ event }) => event === 'rolled-back');
  return entries.map(({ generation }) => generation);
}

function expectStable(world: World): void {
  expect(world.route).toMatchObject({ stable: ['1', expect.anything()] });
  expect(world.route?.canary).toBeUndefined();
  expect(world.storedRecord).toMatchObject({ phase: 'held', hold: { build: { build: '2' } } });
  expect(world.activeBuild).toBe('1');
  expect(rollbacksIn(world)).toEqual([world.route?.gen]);
}

describe.each([GROUP, LAMBDA_GROUP])('an alarm ($runtime)', (group) => {
  it('rolls back, and says so in the history and the log', async () => {
    const world = await rolling(group);
    world.fireAlarm();
    const { call, lines } = lane(world);
    const { answers } = await call(eventAt(world.now));
    expect(answers).toMatchObject([{ outcome: 'rolled-back' }]);
    expectStable(world);
    expect(world.storedRecord?.last).toMatchObject({ by: `the fast lane (alarm ${NAME})` });
    const line = { level: 'warning', subject: 'shop/prod', alarm: NAME, outcome: 'rolled-back' };
    expect(lines).toMatchObject([{ ...line, milliseconds: 0 }]);
  });

  it('that comes twice, or late, or once more after the rollback does nothing more', async () => {
    const world = await rolling(group);
    world.fireAlarm();
    const { call } = lane(world);
    await call(eventAt(world.now));
    const { writes, now } = world;
    world.writes = [];
    world.pass(3600);
    await Promise.all([call(eventAt(now)), call(eventAt(undefined)), call(eventAt(world.now))]);
    expect(world.writes).toEqual([]);
    expect(writes).toContain('record');
    expectStable(world);
  });

  it('that is OK again has failed the rollout all the same, whichever event comes first', async () => {
    const world = await rolling(group);
    world.fireAlarm();
    world.alarm = 'OK';
    const { call } = lane(world);
    expect((await call(eventAt(undefined))).answers).toMatchObject([{ outcome: 'rolled-back' }]);
    expectStable(world);
  });

  it.each(['routes', 'ssm route', 'ssm active-build', 'record', 'history'])(
    'acts once with a reconcile that starts at its write of %s, and the other way round',
    async (place) => {
      for (const moment of ['before', 'after'] as const) {
        for (const isLaneFirst of [true, false]) {
          const world = await rolling(group);
          world.fireAlarm();
          let isFirst = true;
          const other = async (now: string, write: string): Promise<void> => {
            if (!isFirst || now !== moment || write !== place) return;
            isFirst = false;
            await (isLaneFirst ? world.reconcile() : lane(world).call(eventAt(world.now)));
          };
          if (isLaneFirst) await lane(world, {}, other).call(eventAt(world.now));
          else await world.reconcile(other);
          await world.reconcile();
          expectStable(world);
        }
      }
    },
  );

  it('acts once with reconciles and itself at the very same time', async () => {
    const world = await rolling(group);
    world.fireAlarm();
    const { call } = lane(world);
    await Promise.allSettled([
      call(eventAt(world.now)),
      world.reconcile(),
      call(eventAt(world.now)),
      world.reconcile(),
    ]);
    await world.reconcile();
    expectStable(world);
  });

  it('in the middle of a forward run wins', async () => {
    const world = await rolling(group);
    world.pass(60);
    let isFirst = true;
    await world.reconcile(async (moment, write) => {
      if (!isFirst || moment !== 'before' || write !== 'record') return;
      isFirst = false;
      world.fireAlarm();
      await lane(world).call(eventAt(world.now));
    });
    await world.reconcile();
    await world.reconcile();
    expectStable(world);
  });
});

describe('an alarm does nothing', () => {
  it('that fired before the rollout began', async () => {
    const world = await rolling();
    const { call, lines } = lane(world);
    await call(eventAt(world.now - 1));
    expect(lines).toMatchObject([
      { level: 'info', message: expect.stringMatching(/before the rollout/) },
    ]);
    expect(world.writes).toEqual([]);
  });

  it('that guards nothing here, and nobody else is asked', async () => {
    const world = await rolling();
    world.fireAlarm();
    const alarms = { read: () => expect.unreachable(), entered: () => expect.unreachable() };
    const { answers } = await lane(world, { alarms }).call(eventAt(world.now, 'another'));
    expect(answers).toMatchObject([{ outcome: 'nothing' }]);
    expect(world.writes).toEqual([]);
  });

  it('while a person has paused the environment', async () => {
    const world = await rolling();
    world.fireAlarm();
    const { record, revision } = { record: world.storedRecord, revision: 99 };
    const pause = { by: 'ann', at: '2026-03-01T00:00:00Z', reason: 'database move' };
    world.record = { text: JSON.stringify({ ...record, pause }), revision };
    const { answers } = await lane(world).call(eventAt(world.now));
    expect(answers).toMatchObject([{ outcome: 'nothing', why: expect.stringMatching(/ann/) }]);
    expect(world.writes).toEqual([]);
  });

  it('when nothing is rolling out', async () => {
    const world = await rolling();
    for (const seconds of [60, 60, 120]) {
      world.pass(seconds);
      await world.reconcile();
    }
    world.writes = [];
    world.fireAlarm();
    const { answers } = await lane(world).call(eventAt(world.now));
    expect(answers).toMatchObject([{ outcome: 'nothing', why: 'nothing is rolling out' }]);
    expect(world.writes).toEqual([]);
  });

  it('alone, where two are needed', async () => {
    const world = await rolling();
    const remembered = { ...world.storedRecord?.remembered, needed: 2 };
    world.record = { text: JSON.stringify({ ...world.storedRecord, remembered }), revision: 99 };
    world.fireAlarm();
    const { answers } = await lane(world).call(eventAt(world.now));
    expect(answers).toMatchObject([{ outcome: 'nothing' }]);
    expect(world.writes).toEqual([]);
  });
});

describe('an event comes again', () => {
  it('when CloudWatch does not show yet what it says', async () => {
    const world = await rolling();
    const { call, lines } = lane(world);
    await expect(call(eventAt(world.now))).rejects.toThrow(/CloudWatch does not show/);
    expect(lines).toMatchObject([{ level: 'error', outcome: 'retry' }]);
    world.fireAlarm();
    await call(eventAt(world.now));
    expectStable(world);
  });

  it('when AWS does not let it, and the log has no more than the message', async () => {
    const world = await rolling();
    world.fireAlarm();
    const secret = { request: { headers: { authorization: 'AWS4-HMAC secret' } } };
    const refuse = () => {
      throw new UsageError('may not do it', 'Give it the permission.', { cause: secret });
    };
    const { routes } = world.context();
    const { call, lines } = lane(world, { routes: { ...routes, write: refuse } });
    const failed: unknown = await call(eventAt(world.now)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ message: expect.stringMatching(/may not do it/) });
    expect((failed as Error).cause).toBeUndefined();
    expect(JSON.stringify(lines)).toMatch(/may not do it/);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('but not when it can never become right', async () => {
    const { call, lines } = lane(await rolling());
    expect((await call({})).answers).toMatchObject([{ outcome: 'refused' }]);
    expect(lines).toMatchObject([
      { level: 'error', message: expect.stringMatching(/headgate\.bucket/) },
    ]);
  });
});

it('a lift that somebody wrote before the rollback has no effect, though no policy is read', async () => {
  const world = new World();
  world.publish('1', '2');
  await world.reconcile();
  const quarantine = [{ lift: '2', rollback: 3, reason: 'guessed' }];
  world.policy = environmentPolicy('2', { quarantine });
  await world.reconcile();
  world.fireAlarm();
  await lane(world).call(eventAt(world.now));
  world.alarm = 'OK';
  world.pass(3600);
  await world.reconcile();
  expectStable(world);
});

describe('without a usable record', () => {
  it('the copy of the policy says where things are', async () => {
    const world = await rolling();
    world.fireAlarm();
    const { records, ...context } = world.context();
    const broken: Context['records'] = (place) => ({
      ...records(place),
      read: async () => {
        throw new UsageError('the record is not JSON', 'Restore it.');
      },
    });
    const changes = { ...context, records: broken, policyCopies: () => copyOf('2') };
    // The edge is back; the record has to wait for somebody who mends it.
    await lane(world, changes).call(eventAt(world.now));
    expect(world.route).toMatchObject({ stable: ['1', expect.anything()] });
    expect(world.route?.canary).toBeUndefined();
    await world.reconcile();
    expectStable(world);
  });

  it('and an alarm that the policy got after the last move counts', async () => {
    const world = await rolling();
    const remembered = { ...world.storedRecord?.remembered, alarms: [] };
    world.record = { text: JSON.stringify({ ...world.storedRecord, remembered }), revision: 99 };
    world.fireAlarm();
    await lane(world, { policyCopies: () => copyOf('2') }).call(eventAt(world.now));
    expectStable(world);
  });
});
