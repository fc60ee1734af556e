import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { readPolicies } from '../../controller/core/policy/read-policies.ts';
import { createContext } from '../../controller/context.ts';
import { planEnvironments } from '../../controller/read/plan-all.ts';
import { REPORT_PATH, SLOTS } from '../../edge/contract/visitor-line.ts';
import { mix } from '../../edge/core/assign.ts';
import { PAGE_COOKIE, SLOT_COOKIE } from '../../edge/core/cookies.ts';
import { createRandom } from '../controller/core/rollout/visitors/crowd.ts';
import { full } from '../depth.ts';
import { ALARM, composePolicy, HOSTS, type Policy } from './policy.ts';
import { A, B, createSetting, type Setting } from './setting.ts';
import { createPerson } from './visitor.ts';
import { PATIENCE } from '../patience.ts';

/** From slots drawn at random, and from those of the canary. The guard's own test folds 100,000. */
const FORGED = full ? ([3000, 7000] as const) : ([100, 300] as const);
const PEOPLE = 25;
const WEIGHT = 2000;
/** The generation that the rollout of B begins with. */
const SALT = 2;
const AT_ONCE = 40;
/** By then all lines are in, and a page that reported nothing stayed white. */
const LATER = 240_000;

let setting: Setting;

beforeAll(async () => {
  setting = await createSetting([A, B]);
  for (const [name, value] of Object.entries(setting.cloud.environment)) vi.stubEnv(name, value);
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await setting.close();
});

/** With the word that trusts reports most. */
function policyOf(build: string): Policy {
  const steps = [{ weight: `${WEIGHT / 100}%`, hold: '1m' }];
  const { edge, app } = composePolicy(setting.distributions, { prod: { build, steps } });
  const { environments } = app as { environments: { prod: { guard: object } } };
  const { prod } = environments;
  const guard = { ...prod.guard, beacon: 'rollback' };
  return { edge, app: { ...app, environments: { prod: { ...prod, guard } } } };
}

/** What a run would do some minutes from now. */
async function planLater() {
  const { edge, app } = policyOf(B);
  const { policies } = readPolicies([
    { file: 'edge.yaml', text: stringify(edge) },
    { file: 'shop.yaml', text: stringify(app) },
  ]);
  const context = createContext();
  const clock = { ...context.clock, now: () => new Date(Date.now() + LATER) };
  const run = { by: 'tester', commit: undefined };
  const { done, failures } = await planEnvironments({ ...context, clock }, policies, run);
  expect(failures).toEqual([]);
  const [environment] = done;
  if (environment === undefined) throw new Error('no plan');
  return environment;
}

const isCanary = (slot: number) => mix(slot, SALT) % 10_000 < WEIGHT;

/** One client, many connections; each request says that it is of another build. */
async function forge(count: number, pickSlot: () => number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const requests = Array.from({ length: count }, (_, index) => index).values();
  const send = (index: number) =>
    new Promise<void>((resolve, reject) => {
      const url = new URL(`${REPORT_PATH}?k=e&build=b${index}`, setting.cloud.edgeUrl);
      const slot = pickSlot();
      // Every other one knows how it is done, and says of which build its page was.
      const right = isCanary(slot) ? B : A;
      const cookie = `${SLOT_COOKIE}=${slot}; ${PAGE_COOKIE}=${index % 2 === 0 ? right : `b${index}`}`;
      const headers = { host: HOSTS.prod, cookie, 'x-headgate-build': `b${index}` };
      const sent = request(url, { agent, headers }, (response) => {
        response.resume().on('end', () => resolve());
      });
      sent.on('error', reject).end();
    });
  const work = async () => {
    for (const index of requests) await send(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  agent.destroy();
}

it(
  'no number of forged reports rolls back or lets the canary pass, and an alarm still does',
  async () => {
    const run = (build: string) => setting.run(['reconcile'], { policy: policyOf(build) });
    expect(await run(A)).toMatchObject({ code: 0 });
    expect(await run(B)).toMatchObject({ code: 0 });

    // People, whose browsers report as the script does.
    const drawPerson = createRandom(1);
    for (let index = 0; index < PEOPLE; index++) {
      // As they come back: whom the edge assigned by chance may all be of stable, once in some hundred runs.
      const slot = String(Math.floor(drawPerson() * SLOTS));
      const person = createPerson(setting, { [SLOT_COOKIE]: slot });
      // On a busy machine a function may take too long, as on CloudFront: 503.
      await vi.waitFor(async () => expect((await person.open('/')).status).toBe(200), PATIENCE);
      const report = () => person.fetch(`${REPORT_PATH}?k=o`);
      await vi.waitFor(async () => expect((await report()).status).toBe(204), PATIENCE);
    }
    await vi.waitFor(
      async () => {
        const { facts } = await planLater();
        const { visitors } = facts.observations;
        if (visitors?.kind !== 'counted') throw new Error('nothing was read');
        const { stable, canary } = visitors;
        expect(stable.up + canary.up).toBe(PEOPLE);
        expect(stable.failed + canary.failed).toBe(0);
        expect(canary.visitors).toBeGreaterThan(0);
      },
      { ...PATIENCE, interval: 200 },
    );

    const random = createRandom(5);
    await forge(FORGED[0], () => Math.floor(random() * SLOTS));
    expect((await planLater()).plan.direction).not.toBe('rollback');

    // Now of the canary's slots only: whoever reads our code knows them.
    await forge(FORGED[1], () => {
      for (;;) {
        const slot = Math.floor(random() * SLOTS);
        if (isCanary(slot)) return slot;
      }
    });
    await vi.waitFor(
      async () => {
        const { plan } = await planLater();
        expect(plan).toMatchObject({ direction: 'none', changes: [] });
        expect(plan.why).toContain('reports of visitors who never came');
      },
      { timeout: full ? 300_000 : 100_000, interval: 500 },
    );

    const fired = { AlarmName: ALARM, StateValue: 'ALARM', StateReason: '9 errors' } as const;
    await setting.clients.cloudWatch.send(new SetAlarmStateCommand(fired));
    expect((await planLater()).plan).toMatchObject({ direction: 'rollback' });
  },
  full ? 1_800_000 : 300_000,
);
