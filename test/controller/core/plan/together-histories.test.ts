import fc from 'fast-check';
import { expect, it } from 'vitest';
import { full } from '../../../depth.ts';
import { Apps } from '../../../fakes/apps.ts';
import { killAt } from '../../../fakes/rolling.ts';

const THREE = ['admin', 'checkout', 'shop'];
const of = fc.constantFrom(...THREE);
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      seconds: fc.constantFrom(1, 61, 121),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('name' as const),
      of,
      build: fc.constantFrom('1', '2', '3', '9'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('name all' as const),
      build: fc.constantFrom('2', '3'),
    }),
  },
  fc.record({
    kind: fc.constant('alarm' as const),
    of,
    state: fc.constantFrom('ALARM' as const, 'INSUFFICIENT_DATA' as const),
  }),
  fc.record({ kind: fc.constant('kill' as const), nth: fc.integer({ min: 1, max: 12 }) }),
  fc.record({
    kind: fc.constant('two runs' as const),
    write: fc.constantFrom('routes', 'record shop', 'record admin'),
  }),
);

type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

interface Rollout {
  readonly app: string;
  readonly build: string;
  readonly share: string;
}

/** Who is rolling out, as the store shows it. */
function rollouts(shown: string): readonly Rollout[] {
  return shown.split(' | ').flatMap((one, index) => {
    const [, build, share] = /, (\d+) at (\d+)$/.exec(one) ?? [];
    const app = THREE[index];
    return app === undefined || build === undefined || share === undefined
      ? []
      : [{ app, build, share }];
  });
}

async function act(apps: Apps, one: Action): Promise<void> {
  switch (one.kind) {
    case 'pass':
      return apps.pass(one.seconds);
    case 'name':
      return apps.name(one.build, [one.of]);
    case 'name all':
      return apps.name(one.build);
    case 'alarm':
      if (one.state === 'ALARM') apps.at(one.of).fireAlarm();
      else apps.at(one.of).alarm = one.state;
      await apps.reconcile();
      apps.at(one.of).alarm = 'OK';
      return apps.pass(1);
    case 'kill':
      return apps.reconcile(killAt(one.nth, 'after')).then(
        () => {},
        () => {},
      );
    case 'two runs': {
      let isBegun = false;
      await apps.reconcile(async (moment, write) => {
        if (isBegun || moment !== 'before' || write !== one.write) return;
        isBegun = true;
        await apps.reconcile();
      });
    }
  }
}

it('whatever happens, the store never shows some of a train without the others', async () => {
  const histories = fc.array(action, { minLength: 8, maxLength: 16 });
  const check = async (actions: readonly Action[]) => {
    const apps = new Apps(THREE, [THREE.map((name) => `${name}/prod`)]);
    await apps.reconcile();
    apps.name('2');
    for (const one of actions) {
      await act(apps, one);
      await apps.reconcile();
    }
    let before: readonly Rollout[] = [];
    for (const shown of apps.seen) {
      const now = rollouts(shown);
      expect(new Set(now.map(({ share }) => share)).size, apps.seen.join('\n')).toBeLessThan(2);
      // All go on with what was under way, or it is over for all; another build may take its place for all.
      const left = before.filter((one) =>
        now.some(({ app, build }) => app === one.app && build === one.build),
      );
      const isWhole =
        left.length === 0 || (left.length === before.length && left.length === now.length);
      expect(isWhole, apps.seen.join('\n')).toBe(true);
      before = now;
    }
  };
  await fc.assert(fc.asyncProperty(histories, check), { numRuns: full ? 60 : 8 });
});
