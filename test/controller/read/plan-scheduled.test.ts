import { describe, expect, it } from 'vitest';
import type { PolicyCopy } from '../../../controller/core/policy/policy-copy.ts';
import type { EnvironmentRecord } from '../../../controller/core/state/record.ts';
import { nameMember } from '../../../controller/core/state/train.ts';
import type { Answer } from '../../../controller/lambda/answer.ts';
import { createHandler } from '../../../controller/lambda/handler.ts';
import { copiesIn, copiesOf } from '../../fakes/train-copies.ts';
import { Train, type Hook } from '../../fakes/train.ts';

const PLACE = { bucket: 'builds', region: 'us-east-1' };

interface Given {
  readonly apps?: readonly string[];
  readonly copies?: readonly PolicyCopy[];
  readonly hook?: Hook;
}

/** One minute of the schedule. */
async function tick(train: Train, given: Given = {}): Promise<readonly Answer[]> {
  const { apps = ['shop', 'checkout'], copies = copiesOf(train), hook } = given;
  const context = { ...train.context(hook), ...copiesIn(copies) };
  const handle = createHandler({ context, log: () => {} });
  train.calls.length = 0;
  return (await handle({ headgate: { ...PLACE, apps } })).answers;
}

const writesOfRoutes = ({ writes }: Train) => writes.filter((name) => name === 'write routes');

describe('the schedule, of apps that move together', () => {
  it('takes them from the start to the end, each time in one write, each by its own copy', async () => {
    const train = await Train.create();
    train.name('2');
    for (const [seconds, now] of [
      [0, 'rolling 1 2@500'],
      [61, 'rolling 1 2@2500'],
      [61, 'baking 1 2@10000'],
      [121, 'idle 2'],
    ] as const) {
      train.pass(seconds);
      expect(await tick(train)).toMatchObject([{ outcome: 'applied' }, { outcome: 'applied' }]);
      expect(await train.tell()).toEqual([now, now]);
      expect(writesOfRoutes(train)).toHaveLength(1);
    }
    expect(await tick(train)).toMatchObject([{ outcome: 'nothing' }, { outcome: 'nothing' }]);
    expect(train.writes).toEqual([]);
  });

  it('rolls all back in one write when the alarm of one has fired', async () => {
    const train = await Train.rolling();
    await train.fire(train.checkout);
    const answers = await tick(train);
    expect(answers).toMatchObject([{ outcome: 'rolled-back' }, { outcome: 'rolled-back' }]);
    expect(await train.tell()).toEqual(['held 1', 'held 1']);
    expect(writesOfRoutes(train)).toHaveLength(1);
  });

  it('does so also where no policy of theirs can be used: they are still guarded, and together', async () => {
    const train = await Train.rolling();
    const broken = (file: PolicyCopy['files'][number]) => {
      return { ...file, text: file.text.replace('bake: 2m', 'bake: soon') };
    };
    const copies = copiesOf(train).map((copy) => ({ ...copy, files: copy.files.map(broken) }));
    train.pass(61);
    await tick(train, { copies });
    expect(train.writes).toEqual([]);
    await train.fire(train.checkout);
    await tick(train, { copies });
    expect(await train.tell()).toEqual(['held 1', 'held 1']);
    expect(writesOfRoutes(train)).toHaveLength(1);
  });

  it('moves none of them while the schedule lacks an app of theirs, but takes all back', async () => {
    const train = await Train.rolling();
    train.pass(61);
    const [answer] = await tick(train, { apps: ['shop'] });
    expect(answer).toMatchObject({
      outcome: 'nothing',
      why: expect.stringMatching(/checkout\/prod/),
    });
    expect(train.writes).toEqual([]);
    await train.fire(train.shop);
    await tick(train, { apps: ['shop'] });
    expect(await train.tell()).toEqual(['held 1', 'held 1']);
    expect(writesOfRoutes(train)).toHaveLength(1);
  });

  it('takes those back later that are in no schedule with it and can not be read', async () => {
    const train = await Train.rolling();
    await train.fire(train.shop);
    const hook: Hook = (name) => {
      if (name === 'read record checkout/prod') throw new Error('no answer');
    };
    await tick(train, { apps: ['shop'], hook });
    expect(await train.tell()).toEqual(['held 1', 'rolling 1 2@500']);
    await tick(train, { apps: ['checkout', 'shop'] });
    expect(await train.tell()).toEqual(['held 1', 'held 1']);
  });

  it('knows by one copy that they move together, though the other is older', async () => {
    const train = await Train.rolling();
    train.pass(61);
    const copies = copiesOf(train).map((copy) =>
      copy.app === 'shop' ? copy : { ...copy, files: copy.files.map(withoutTrains) },
    );
    expect(await tick(train, { copies })).toMatchObject([
      { outcome: 'applied' },
      { outcome: 'applied' },
    ]);
    expect(writesOfRoutes(train)).toHaveLength(1);
  });

  it('takes all for together that any copy names, whichever is older', async () => {
    const train = await Train.rolling();
    train.pass(61);
    const copies = copiesOf(train).map((copy) => {
      const files = copy.files.map(({ file, text }) => {
        return { file, text: text.replace('- checkout/prod', '- admin/prod') };
      });
      return copy.app === 'shop' ? { ...copy, files } : copy;
    });
    await tick(train, { copies });
    expect(train.writes).toEqual([]);
  });

  it('keeps all back while the record of one can not be read', async () => {
    const train = await Train.rolling();
    train.pass(61);
    const hook: Hook = (name) => {
      if (name === 'read record checkout/prod') throw new Error('no answer');
    };
    const answers = await tick(train, { hook });
    expect(answers).toMatchObject([
      { subject: 'shop/prod', outcome: 'nothing', why: expect.stringMatching(/checkout\/prod/) },
      { subject: 'checkout', outcome: 'failed' },
    ]);
    expect(train.writes).toEqual([]);
  });

  it('tells the records where the others are, which a rollback goes by, also if no run did before', async () => {
    const train = await Train.create();
    const { records } = train.context();
    for (const { app } of train.stages) {
      const stored = await records(PLACE).read(app, 'prod');
      const { together: _together, ...remembered } = stored?.record.remembered ?? {};
      const record = { ...stored?.record, remembered } as EnvironmentRecord;
      await records(PLACE).write(record, stored?.revision);
    }
    train.name('2');
    train.pass(1);
    await tick(train);
    for (const stage of train.stages) {
      const { together = [] } = (await stage.record())?.remembered ?? {};
      expect(together.map(nameMember)).toEqual(['shop/prod', 'checkout/prod']);
    }
  });

  it('goes by the policies that it began with: one that changed meanwhile is read again', async () => {
    const train = await Train.rolling();
    train.pass(61);
    const former = copiesOf(train);
    let count = 0;
    const changing = copiesIn(former, () => {
      count += 1;
    });
    const context = { ...train.context(), ...changing };
    // From the third reading on there is another text of checkout's, which names build 1 again.
    train.name('1');
    const newer = copiesIn(copiesOf(train));
    const policyCopies: typeof context.policyCopies = (place) => ({
      ...changing.policyCopies(place),
      read: (app) =>
        count < 3 ? changing.policyCopies(place).read(app) : newer.policyCopies(place).read(app),
    });
    const handle = createHandler({ context: { ...context, policyCopies }, log: () => {} });
    await handle({ headgate: { ...PLACE, apps: ['shop', 'checkout'] } });
    expect(await train.tell()).toEqual(['idle 1', 'idle 1']);
    expect(train.writes.filter((name) => name === 'write routes')).toHaveLength(1);
  });
});

function withoutTrains({ file, text }: PolicyCopy['files'][number]) {
  return { file, text: text.replace(/together:[^]*$/, '') };
}
