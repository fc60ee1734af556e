import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../controller/core/errors.ts';
import { createHandler, type Result } from '../../../controller/lambda/handler.ts';
import type { LogLine } from '../../../controller/lambda/log.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { copiesIn, copiesOf } from '../../fakes/train-copies.ts';
import { Train, type Hook } from '../../fakes/train.ts';
import type { Stage } from '../../fakes/stage.ts';

/** The event of an environment's alarm, which fires now. */
async function alarm(train: Train, stage: Stage) {
  const alarmName = await train.fire(stage);
  const timestamp = new Date(train.shop.cloud.now).toISOString();
  return {
    headgate: { bucket: 'builds', region: 'us-east-1', app: stage.app, environment: 'prod' },
    event: {
      'detail-type': 'CloudWatch Alarm State Change',
      region: 'us-east-1',
      detail: { alarmName, state: { value: 'ALARM', timestamp } },
    },
  };
}

function lane(
  train: Train,
  { hook, change = {} }: { hook?: Hook; change?: Partial<Context> } = {},
) {
  const lines: LogLine[] = [];
  const context = { ...train.context(hook), ...change };
  const call = createHandler({ context, log: (line) => lines.push(line) });
  return { lines, call: (event: unknown): Promise<Result> => call(event) };
}

const writesOfRoutes = ({ writes }: Train) => writes.filter((name) => name === 'write routes');
const BACK = ['held 1', 'held 1'];
const STEP = ['rolling 1 2@500', 'rolling 1 2@500'];

describe('an alarm of one takes those along that move together with it', () => {
  it('in one write, known from the records alone; each has its own quarantine, hold and history', async () => {
    const train = await Train.rolling();
    expect(await train.tell()).toEqual(STEP);
    const event = await alarm(train, train.checkout);
    const { answers } = await lane(train).call(event);
    expect(await train.tell()).toEqual(BACK);
    expect(writesOfRoutes(train)).toHaveLength(1);
    expect(answers).toMatchObject([
      { subject: 'checkout/prod', outcome: 'rolled-back' },
      { subject: 'shop/prod', outcome: 'rolled-back' },
    ]);
    for (const stage of train.stages) {
      const record = await stage.record();
      expect(record).toMatchObject({ hold: { build: { build: '2' } }, quarantine: [{}] });
      expect(record?.last.evidence.join()).toContain('checkout-prod-errors');
    }
    expect((await train.shop.record())?.last.evidence[0]).toMatch(/^checkout\/prod goes back/);
    train.calls.length = 0;
    await train.reconcile();
    expect(train.writes).toEqual([]);
  });

  it('asks for little more until then: what one costs more is its record, and its keys', async () => {
    const train = await Train.rolling();
    const event = await alarm(train, train.shop);
    await lane(train).call(event);
    const before = train.calls.slice(0, train.calls.indexOf('write routes'));
    expect(before.filter((name) => name !== 'read key')).toEqual([
      'read record shop/prod',
      'read alarms shop-prod-errors shop-prod-slow',
      'read record checkout/prod',
      'describe store',
      'describe store',
    ]);
  });

  it('goes without one whose record can not be used, and says so; the next run takes it back', async () => {
    const train = await Train.rolling();
    const event = await alarm(train, train.shop);
    const hook: Hook = (name) => {
      if (name === 'read record checkout/prod') throw new UsageError('it is no JSON', 'Mend it.');
    };
    const { answers } = await lane(train, { hook }).call(event);
    expect(answers).toMatchObject([
      {
        subject: 'shop/prod',
        outcome: 'rolled-back',
        problem: expect.stringMatching(/checkout\/prod.*no JSON/),
      },
    ]);
    expect(await train.tell()).toEqual(['held 1', 'rolling 1 2@500']);
    await train.reconcile();
    expect(await train.tell()).toEqual(BACK);
  });

  it('says so, too, of one whose record is gone', async () => {
    const train = await Train.rolling();
    const event = await alarm(train, train.shop);
    await train.checkout.removeObject('checkout/environments/prod/record.json');
    const { answers } = await lane(train).call(event);
    expect(answers).toMatchObject([
      { problem: expect.stringMatching(/checkout\/prod.*no record/) },
    ]);
    await train.reconcile();
    expect(await train.tell()).toEqual(BACK);
  });

  it('is told by the copies of the policies who they are, where no record can be read', async () => {
    const train = await Train.rolling();
    const event = await alarm(train, train.shop);
    const hook: Hook = (name) => {
      if (name.startsWith('read record')) throw new UsageError('it is no JSON', 'Mend it.');
    };
    await lane(train, { hook, change: copiesIn(copiesOf(train)) }).call(event);
    expect(writesOfRoutes(train)).toHaveLength(1);
    await train.reconcile();
    expect(await train.tell()).toEqual(BACK);
  });

  it('waits no longer than two seconds for one that does not answer', async () => {
    const train = await Train.rolling();
    const event = await alarm(train, train.shop);
    const waits: number[] = [];
    const { clock } = train.context();
    const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    const hook: Hook = (name) =>
      name === 'read record checkout/prod' ? new Promise(() => {}) : undefined;
    const { answers } = await lane(train, { hook, change: { clock: { ...clock, sleep } } }).call(
      event,
    );
    expect(waits).toEqual([2000]);
    expect(answers).toMatchObject([{ problem: expect.stringMatching(/within 2 s/) }]);
    expect(await train.tell()).toEqual(['held 1', 'rolling 1 2@500']);
  });

  it('does nothing while another of them is paused', async () => {
    const train = await Train.rolling();
    const event = await alarm(train, train.shop);
    await train.pause(train.checkout);
    train.calls.length = 0;
    const { answers } = await lane(train).call(event);
    expect(answers).toMatchObject([
      { outcome: 'nothing', why: expect.stringMatching(/checkout\/prod.*paused by somebody/) },
    ]);
    expect(train.writes).toEqual([]);
  });

  it('acts once with a reconcile at the same time, whoever is first', async () => {
    const train = await Train.rolling();
    const event = await alarm(train, train.shop);
    const other = await alarm(train, train.checkout);
    await Promise.allSettled([
      lane(train).call(event),
      train.reconcile(),
      lane(train).call(other),
      train.reconcile(),
    ]);
    await train.reconcile();
    expect(await train.tell()).toEqual(BACK);
    for (const stage of train.stages) {
      expect(stage.route).toMatchObject({ gen: 3, rollback: { gen: 3 } });
    }
  });
});

it('finishes for all what a run began that died after the one write', async () => {
  const train = await Train.create();
  train.name('2');
  let isDead = false;
  await train.reconcile((name) => {
    if (isDead) throw new Error('killed');
    isDead = name === 'write routes';
  });
  // Nothing but the write itself got through.
  expect(await train.tell()).toEqual(['idle 1 2@500', 'idle 1 2@500']);
  const event = await alarm(train, train.shop);
  await lane(train).call(event);
  expect(await train.tell()).toEqual(BACK);
  for (const stage of train.stages) expect((await stage.record())?.intent).toBeUndefined();
});
