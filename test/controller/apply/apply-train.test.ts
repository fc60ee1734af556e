import { describe, expect, it } from 'vitest';
import { applyAll } from '../../../controller/apply/apply-all.ts';
import type { Outcome } from '../../../controller/core/report/outcome.ts';
import { Apps } from '../../fakes/apps.ts';
import { killAt } from '../../fakes/rolling.ts';
import { Killed, type WriteHook } from '../../fakes/world.ts';

const NAMES = ['checkout', 'shop'];
const TOGETHER = [['shop/prod', 'checkout/prod']];

function tell(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map(({ plan, status, exitCode }) => {
    const { subject } = plan;
    return `${subject.kind === 'environment' ? subject.app : ''} ${status} ${exitCode}`;
  });
}

/** Does something once, right before the nth write of this name. */
function beforeWrite(name: string, doIt: () => Promise<unknown> | void): WriteHook {
  let isDone = false;
  return async (moment, write) => {
    if (moment !== 'before' || write !== name || isDone) return;
    isDone = true;
    await doIt();
  };
}

describe('a train', () => {
  it('is all intents, one write of the store, and then what each member lacks', async () => {
    const apps = new Apps(NAMES);
    await apps.reconcile();
    expect(apps.takeWrites()).toEqual([
      'record checkout',
      'record shop',
      'routes',
      'ssm route',
      'ssm active-build',
      'record checkout',
      'history checkout',
      'ssm route',
      'ssm active-build',
      'record shop',
      'history shop',
    ]);
  });

  it('of one is a plan as ever, with no train in its record', async () => {
    const apps = new Apps(['shop']);
    await apps.reconcile();
    const { record } = apps.at('shop');
    expect(JSON.parse(record?.text ?? '')).not.toHaveProperty('train');
    expect(apps.takeWrites()).toHaveLength(6);
  });

  it('is in the records of its members, and in the intents before', async () => {
    const apps = new Apps(NAMES, TOGETHER);
    await apps.reconcile();
    apps.name('2');
    const intents: unknown[] = [];
    const hook: WriteHook = (moment, write) => {
      if (moment === 'before' && write === 'routes')
        intents.push(...apps.worlds.map(({ storedRecord }) => storedRecord?.intent?.train));
    };
    await apps.reconcile(hook);
    const [train] = intents;
    expect(train).toMatchObject({
      together: true,
      members: [{ app: 'checkout' }, { app: 'shop' }],
    });
    expect(intents).toEqual([train, train]);
    expect(apps.worlds.map(({ storedRecord }) => storedRecord?.train)).toEqual([train, train]);
    expect(apps.worlds[0]?.storedRecord?.remembered?.together).toEqual([
      { app: 'shop', environment: 'prod', bucket: 'builds', region: 'us-east-1' },
      { app: 'checkout', environment: 'prod', bucket: 'builds', region: 'us-east-1' },
    ]);
  });

  it('leaves out a member whose record moved, and moves the others', async () => {
    const apps = await Apps.rolling(NAMES);
    apps.pass(61);
    const hook = beforeWrite('record shop', () => moveRecord(apps, 'shop'));
    expect(tell(await apps.reconcile(hook))).toEqual(['checkout applied 0', 'shop failed 4']);
    expect(apps.shows).toEqual(['1, 2 at 2500', '1, 2 at 500']);
  });

  it('leaves out a member whose live route moved, and moves the others in one write', async () => {
    const apps = await Apps.rolling(NAMES);
    apps.pass(61);
    const hook = beforeWrite('record shop', () => {
      moveRoute(apps, 'shop');
    });
    expect(tell(await apps.reconcile(hook))).toEqual(['checkout applied 0', 'shop failed 4']);
    expect(apps.shows[0]).toBe('1, 2 at 2500');
  });

  it('that must go together stays whole when one record or route moved; what is left is void', async () => {
    for (const move of [moveRecord, moveRoute]) {
      const apps = await Apps.rolling(NAMES, TOGETHER);
      apps.pass(61);
      const hook = beforeWrite('record shop', () => move(apps, 'shop'));
      const outcomes = await apps.reconcile(hook);
      expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([4, 4]);
      expect(apps.shows).toEqual(['1, 2 at 500', '1, 2 at 500']);
      expect(apps.seen).toEqual([]);
      await apps.reconcile();
      expect(apps.shows).toEqual(['1, 2 at 2500', '1, 2 at 2500']);
    }
  });

  it('goes on when what is left to one member after the write fails', async () => {
    const apps = await Apps.rolling(NAMES, TOGETHER);
    apps.pass(61);
    let writes = 0;
    const hook: WriteHook = (moment, write) => {
      if (moment === 'before' && write === 'record checkout' && ++writes === 2)
        throw new Error('S3');
    };
    expect(tell(await apps.reconcile(hook))).toEqual(['checkout failed 1', 'shop applied 0']);
    expect(tell(await apps.reconcile())).toEqual(['checkout applied 0', 'shop unchanged 0']);
    expect(apps.at('checkout').storedRecord).toMatchObject({ generation: 3 });
  });
});

describe('the rollback of a train', () => {
  it('is one write for all, then each one’s records, with its own quarantine and hold', async () => {
    const apps = await Apps.rolling(NAMES, TOGETHER);
    apps.at('shop').fireAlarm();
    expect(tell(await apps.reconcile())).toEqual(['checkout applied 5', 'shop applied 5']);
    expect(apps.seen).toEqual(['1 | 1']);
    expect(apps.takeWrites()[0]).toBe('routes');
    for (const { storedRecord } of apps.worlds) {
      expect(storedRecord).toMatchObject({
        phase: 'held',
        quarantine: [{ build: { build: '2' } }],
      });
      expect(storedRecord?.last.evidence.join()).toContain('shop');
    }
    expect(tell(await apps.reconcile())).toEqual(['checkout unchanged 0', 'shop unchanged 0']);
  });

  it('comes whole over a forward write that came in between', async () => {
    const apps = await Apps.rolling(NAMES, TOGETHER);
    apps.pass(61);
    const step = await apps.plan();
    apps.at('checkout').fireAlarm();
    const hook = beforeWrite('routes', () =>
      applyAll(step.set, { context: apps.context(), makePlans: async () => step }),
    );
    expect(tell(await apps.reconcile(hook))).toEqual(['checkout applied 5', 'shop applied 5']);
    // In between the write of the rollback is refused: nothing changes.
    expect([...new Set(apps.seen)]).toEqual(['1, 2 at 2500 | 1, 2 at 2500', '1 | 1']);
  });

  it('goes on without a member that can’t be read, says so, and takes it back later', async () => {
    const apps = await Apps.rolling(NAMES, TOGETHER);
    apps.at('shop').fireAlarm();
    apps.unreadable.add('checkout');
    const [outcome] = await apps.reconcile();
    expect(outcome?.plan.notes.join()).toContain('checkout/prod could not be read and stays');
    expect(apps.shows).toEqual(['1, 2 at 500', '1']);
    apps.unreadable.clear();
    await apps.reconcile();
    expect(apps.shows).toEqual(['1', '1']);
    expect(apps.at('checkout').storedRecord?.last.evidence.join()).toContain('shop/prod was');
  });
});

describe('killed at any write', () => {
  const moves: Readonly<Record<string, (apps: Apps) => void>> = {
    step: (apps) => apps.pass(61),
    rollback: (apps) => apps.at('shop').fireAlarm(),
  };
  it.each(Object.keys(moves))(
    'a %s is whole after each write, and the next runs finish it',
    async (name) => {
      // Before a write is after the one before it.
      for (let nth = 1; nth < 12; nth++) {
        const apps = await Apps.rolling(NAMES, TOGETHER);
        moves[name]?.(apps);
        await apps.reconcile(killAt(nth, 'after')).catch((error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        });
        for (let run = 0; run < 2; run++) await apps.reconcile();
        apps.takeWrites();
        expect(tell(await apps.reconcile())).toEqual(['checkout unchanged 0', 'shop unchanged 0']);
        expect(apps.takeWrites()).toEqual([]);
        for (const shown of apps.seen) expect(new Set(shown.split(' | ')).size).toBe(1);
        for (const { storedRecord, history } of apps.worlds) {
          expect(history.has(storedRecord?.generation ?? 0)).toBe(true);
        }
      }
    },
  );
});

async function moveRecord(apps: Apps, name: string): Promise<void> {
  const { record } = apps.at(name);
  if (record !== undefined) record.revision++;
}

function moveRoute(apps: Apps, name: string): void {
  const { routes } = apps.shared;
  for (const [host, text] of routes) {
    if (!host.includes(name)) continue;
    routes.set(host, text.replace('"preview":"open"', '"preview":"off"'));
  }
  apps.shared.storeRevision++;
}
