import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { full } from '../depth.ts';
import { killAt } from './command.ts';
import { runHere, type RanHere } from './faults/run-here.ts';
import { readLive, visit, type Live } from './live.ts';
import { ALARM, composePolicy, HOSTS, type Policy, type Release } from './policy.ts';
import { startProxy } from './proxy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';

/** Every situation has a policy of its own, and the fast lane gets it before anything moves forward. */
const POLICIES = 'PutObject shop/policies.json';
const RECORD = 'PutObject shop/environments/prod/record.json';
const HISTORY = 'PutObject shop/environments/prod/history/';
const ROUTE = `UpdateKeys ${HOSTS.prod}`;
const SSM_ROUTE = 'PutParameter /headgate/shop/prod/route';
const SSM_BUILD = 'PutParameter /headgate/shop/prod/active-build';

/** One run of a command that moves the environment. */
interface Situation {
  /** The situation it follows; undefined: nothing was ever released. */
  readonly after?: SituationName;
  readonly alarm?: boolean;
  readonly command?: readonly string[];
  readonly release: Release;
  /** What it writes, in order. A history entry ends with its generation. */
  readonly writes: readonly string[];
  /** Where it is killed by default, as `<nth write> <moment>`; at full depth it is at every write. */
  readonly sample: readonly string[];
}

type SituationName = keyof typeof situations;

// What is over when the next run looks, and what no test will see the end of.
const OVER = '0.001s';
const LONG = '1h';

function releaseB(firstHold: string, secondHold: string, bake: string): Release {
  const steps = [
    { weight: '50%', hold: firstHold },
    { weight: '90%', hold: secondHold },
  ];
  return { build: B, steps, bake };
}

const rollback = [ROUTE, SSM_ROUTE, RECORD];
const situations = {
  'the first release': {
    release: { build: A },
    writes: [
      'UpdateKeys golden.headgate.invalid',
      'PutObject edge/<hash>.js',
      'CreateFunction headgate-prod-request',
      'PublishFunction headgate-prod-request',
      'PutObject edge/<hash>.js',
      'CreateFunction headgate-prod-response',
      'PublishFunction headgate-prod-response',
      'PutObject edge/prod.json',
      'PutObject shop/settings.json',
      POLICIES,
      RECORD,
      ROUTE,
      SSM_ROUTE,
      SSM_BUILD,
      RECORD,
      `${HISTORY}0000000001.json`,
      'UpdateDistribution',
    ],
    sample: ['8 before', '12 after'],
  },
  'the start of a rollout': {
    after: 'the first release',
    release: releaseB(LONG, LONG, LONG),
    writes: [POLICIES, RECORD, ROUTE, SSM_ROUTE, RECORD, `${HISTORY}0000000002.json`],
    sample: [],
  },
  'a step': {
    after: 'the start of a rollout',
    release: releaseB(OVER, LONG, LONG),
    writes: [POLICIES, RECORD, ROUTE, SSM_ROUTE, RECORD, `${HISTORY}0000000003.json`],
    sample: ['4 after', '5 after'],
  },
  'the start of the bake': {
    after: 'a step',
    release: releaseB(OVER, OVER, LONG),
    writes: [POLICIES, RECORD, ROUTE, SSM_ROUTE, SSM_BUILD, RECORD, `${HISTORY}0000000004.json`],
    sample: [],
  },
  'the end of a rollout': {
    after: 'the start of the bake',
    release: releaseB(OVER, OVER, OVER),
    writes: [POLICIES, RECORD, ROUTE, SSM_ROUTE, RECORD, `${HISTORY}0000000005.json`],
    sample: [],
  },
  'a rollback': {
    after: 'the start of a rollout',
    alarm: true,
    release: releaseB(OVER, LONG, LONG),
    writes: [...rollback, `${HISTORY}0000000003.json`, POLICIES],
    sample: ['1 after', '3 before'],
  },
  'a rollback while baking': {
    after: 'the start of the bake',
    alarm: true,
    release: releaseB(OVER, OVER, OVER),
    writes: [ROUTE, SSM_ROUTE, SSM_BUILD, RECORD, `${HISTORY}0000000005.json`, POLICIES],
    sample: [],
  },
  'a rollback by hand': {
    after: 'the start of a rollout',
    command: ['rollback', 'shop', 'prod'],
    release: releaseB(LONG, LONG, LONG),
    // In case that the run before died before it told its own event.
    writes: [ROUTE, SSM_ROUTE, `${HISTORY}0000000002.json`, RECORD, `${HISTORY}0000000003.json`],
    sample: [],
  },
} as const satisfies Record<string, Omit<Situation, 'after'> & { after?: string }>;

interface Prepared {
  /** Right before. */
  readonly before: Setting;
  /** What an undisturbed run leads to. */
  readonly reached: Setting;
  readonly expected: Live;
}

/** Milliseconds; the first of a chain of situations waits for all before it. */
const TIMEOUT = 300_000;

let setting: Setting;
const prepared = new Map<SituationName, Promise<Prepared>>();

beforeAll(async () => {
  setting = await createSetting([A, B]);
});
afterAll(() => setting.close());

function policyOf(name: SituationName) {
  return composePolicy(setting.distributions, { prod: situations[name].release });
}

function commandOf(name: SituationName): readonly string[] {
  const { command = ['reconcile'] }: Situation = situations[name];
  return command;
}

function prepare(name: SituationName): Promise<Prepared> {
  const present = prepared.get(name) ?? makeReady(name);
  prepared.set(name, present);
  return present;
}

async function makeReady(name: SituationName): Promise<Prepared> {
  const { after, alarm = false, writes }: Situation = situations[name];
  const former = after === undefined ? setting : (await prepare(after)).reached;
  const before = await former.fork();
  if (alarm) {
    const fired = { AlarmName: ALARM, StateValue: 'ALARM', StateReason: '9 errors' } as const;
    await before.clients.cloudWatch.send(new SetAlarmStateCommand(fired));
  }
  const reached = await before.fork();
  const run = await reached.run(commandOf(name), { policy: policyOf(name) });
  expect(run.writes, run.stderr).toEqual(writes);
  return { before, reached, expected: await readLive(reached) };
}

/** What must be the same however often a run was killed: all but times and who told the story. */
function outline({ store, routeParameter, activeBuild, record, history, pages }: Live) {
  const { phase, generation, route, intent, stable, rollout, kept, quarantine, hold } =
    record ?? {};
  const barred = quarantine?.map(({ build, rollback: by }) => ({ build, by }));
  const share = rollout && { ...rollout, startedAt: undefined, stepStartedAt: undefined };
  const text = JSON.stringify({
    store,
    routeParameter,
    activeBuild,
    record: { phase, generation, route, intent, stable, share, kept, barred, hold },
    history,
    pages,
  });
  const withoutTimes = text.replaceAll(/(\\*"at\\*"):\d+/g, '$1:0');
  return JSON.parse(withoutTimes) as Record<string, unknown>;
}

/**
 * After every write, and before the first: between two writes AWS is in the same state all the time.
 * By hand nothing is asked for before the first write, so there is nothing to converge to.
 */
function allKills({ writes, command, sample }: Situation): readonly string[] {
  const start = command === undefined ? ['1 before'] : [];
  return [...new Set([...start, ...writes.map((_, index) => `${index + 1} after`), ...sample])];
}

let ends: Promise<unknown> = Promise.resolve();

/** The run after: not killed itself, it needs no process of its own. `seen` is called after every write. */
async function reconcile(
  mine: Setting,
  policy: Policy,
  seen: () => Promise<void>,
): Promise<RanHere & { readonly writes: readonly string[] }> {
  const proxy = await startProxy(mine.cloud.endpoint, async (moment) => {
    if (moment === 'after') await seen();
    return true;
  });
  const { endpoint, writes } = proxy;
  const run = ends.then(() => runHere({ setting: mine, endpoint, policy, isRollback: false }));
  ends = run.catch(() => {});
  try {
    return { ...(await run), writes };
  } finally {
    await proxy.close();
  }
}

const cases = (Object.keys(situations) as SituationName[]).flatMap((name) =>
  (full ? allKills(situations[name]) : situations[name].sample).map((at) => {
    const [nth, moment] = at.split(' ') as [string, 'before' | 'after'];
    return { name, nth: Number(nth), moment, write: situations[name].writes[Number(nth) - 1] };
  }),
);

describe('killed at any write, another reconcile converges', () => {
  it.concurrent.each(cases)(
    '$name, killed $moment write $nth: $write',
    { timeout: TIMEOUT },
    async ({ name, nth, moment }) => {
      const { before, expected } = await prepare(name);
      const policy = policyOf(name);
      const mine = await before.fork();
      const killed = await mine.run(commandOf(name), { policy, hook: killAt(nth, moment) });
      expect(killed).toMatchObject({ code: null });
      expect(killed.writes).toHaveLength(moment === 'after' ? nth : nth - 1);

      const isRollback = name.startsWith('a rollback');
      const pages: (readonly string[])[] = [];
      const look = async () => {
        if (isRollback) pages.push(await visit(mine));
      };
      await look();
      const again = await reconcile(mine, policy, look);
      expect([0, 5], again.said).toContain(again.code);
      const live = await readLive(mine);
      expect(outline(live)).toEqual(outline(expected));
      // Every generation that was, and none without its story.
      expect(live.history).toEqual(live.history.map((_, index) => index + 1));
      // That a forward run comes to rest, the histories check.
      if (!isRollback) return;
      const noOp = await reconcile(mine, policy, async () => {});
      expect(noOp).toMatchObject({ code: 0, writes: [] });
      expectNoReturn([...pages, live.pages, await visit(mine)]);
    },
  );
});

/** From the first moment on in which nobody gets B, nobody ever does. */
function expectNoReturn(pages: readonly (readonly string[])[]): void {
  const served = pages.map((page) => page.includes(B));
  expect(served.slice(served.indexOf(false))).not.toContain(true);
  expect(served.at(-1)).toBe(false);
}

const HELD = full ? [ROUTE, SSM_ROUTE, RECORD] : [ROUTE];

describe('forward run writes its intent, rollback writes the store, forward run continues, drift check runs', () => {
  it.concurrent.each(HELD)(
    'ends in rollback; the forward run was held before its last %s',
    { timeout: TIMEOUT },
    async (held) => {
      const mine = await (await prepare('a step')).before.fork();
      const policy = policyOf('a step');
      const nth = situations['a step'].writes.lastIndexOf(held) + 1;
      let byHand: number | null = null;
      const forward = await mine.run(['reconcile'], {
        policy,
        hook: async (moment, write) => {
          if (moment === 'after' || write.nth !== nth) return;
          expect(write.name).toBe(held);
          byHand = (await mine.run(['rollback', 'shop', 'prod'], { policy })).code;
        },
      });
      expect({ byHand, forward: forward.code }).toEqual({ byHand: 5, forward: 4 });
      expect(await visit(mine)).not.toContain(B);

      const check = await mine.run(['reconcile'], { policy });
      expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining('Held on stable') });
      const live = await readLive(mine);
      expect(live).toMatchObject({
        activeBuild: A,
        record: { phase: 'held', stable: { build: A }, route: live.store[HOSTS.prod] },
        routeParameter: live.store[HOSTS.prod],
      });
      expect(live.record).not.toHaveProperty('intent');
      expect(live.history).toEqual(live.history.map((_, index) => index + 1));
      expect(live.pages).not.toContain(B);
    },
  );
});
