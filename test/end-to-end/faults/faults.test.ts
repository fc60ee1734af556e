import { ListKeysCommand } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as ClientConfig from '../../../controller/adapters/aws/client-config.ts';
import { EXIT } from '../../../controller/core/errors.ts';
import { parseRoute } from '../../../controller/core/state/route.ts';
import { full } from '../../depth.ts';
import { findStore, readLive, type Live } from '../live.ts';
import { ALARM, composePolicy, HOSTS, type Release } from '../policy.ts';
import { A, B, createSetting, type Setting } from '../setting.ts';
import { FAULTS, startFaultProxy, type Asked, type Fault } from './fault-proxy.ts';
import { LONG, OVER, type Phase } from './phase.ts';
import { runHere } from './run-here.ts';

/**
 * How long a call waits for its answer, in milliseconds. Where one never comes the proxy gives it up at once, which
 * the SDK hears from the start only with less than 6 s.
 */
const patience = vi.hoisted(() => ({ ofSockets: 0 }));
const PATIENT = 20_000;
const HEARING = 5_900;
vi.mock('../../../controller/adapters/aws/client-config.ts', async (importActual) => {
  const actual = await importActual<typeof ClientConfig>();
  return {
    ...actual,
    buildClientConfig: (region: string | undefined) => {
      const config = actual.buildClientConfig(region);
      const requestHandler = { ...config.requestHandler, socketTimeout: patience.ofSockets };
      return { ...config, requestHandler };
    },
  };
});

function releaseB(first: string, second: string, bake: string): Release {
  const steps = [
    { weight: '50%', hold: first },
    { weight: '90%', hold: second },
  ];
  return { build: B, steps, bake };
}

/** A rollout from nothing to stable, and the two ways back. */
const phases: readonly Phase[] = [
  { name: 'first release', release: { build: A } },
  { name: 'start', after: 'first release', release: releaseB(LONG, LONG, LONG) },
  { name: 'step', after: 'start', release: releaseB(OVER, LONG, LONG) },
  { name: 'bake', after: 'step', release: releaseB(OVER, OVER, LONG) },
  { name: 'end', after: 'bake', release: releaseB(OVER, OVER, OVER) },
  { name: 'rollback', after: 'start', release: releaseB(OVER, LONG, LONG), alarm: true },
  { name: 'rollback by hand', after: 'start', release: releaseB(LONG, LONG, LONG), byHand: true },
];

/** By default one way forward and one way back, and of those the faults that are hardest to tell. */
const chosen = phases.filter(({ name }) => full || ['step', 'rollback'].includes(name));
const needed = phases.filter(
  ({ name }) => full || !['bake', 'end', 'rollback by hand'].includes(name),
);

function isSampled({ name, nth }: Asked, kind: Fault): boolean {
  if (name.startsWith('UpdateKeys')) return kind === 'timeout' || kind === 'throttle';
  return name.endsWith('/record.json') && nth === 1 && kind === 'timeout';
}

const PATIENCE = full ? 600_000 : 300_000;

interface Prepared {
  readonly phase: Phase;
  readonly before: Setting;
  readonly expected: Live;
  /** The routes that visitors may be served by on the way. */
  readonly allowed: readonly unknown[];
  readonly asked: readonly Asked[];
}

let first: Setting;
const prepared = new Map<string, Prepared & { readonly reached: Setting }>();

beforeAll(async () => {
  first = await createSetting([A, B]);
  for (const phase of needed) await prepare(phase);
}, 300_000);
afterAll(() => first.close());

async function prepare(phase: Phase): Promise<void> {
  const former = phase.after === undefined ? first : prepared.get(phase.after)?.reached;
  if (former === undefined) throw new Error(`${phase.after} comes later`);
  const before = await former.fork();
  if (phase.alarm) {
    const fired = { AlarmName: ALARM, StateValue: 'ALARM', StateReason: '9 errors' } as const;
    await before.clients.cloudWatch.send(new SetAlarmStateCommand(fired));
  }
  const reached = await before.fork();
  const { asked, code } = await run(reached, phase);
  expect([EXIT.done, EXIT.rolledBack], phase.name).toContain(code);
  // A change of a distribution is deployed before the next run.
  await sleep(DEPLOYMENT_MILLISECONDS);
  const expected = await readLive(reached);
  const allowed = [await readServed(before), expected.store[HOSTS.prod]].map(outlineRoute);
  prepared.set(phase.name, { phase, before, reached, asked, expected, allowed });
}

interface Failing {
  readonly kind: Fault;
  readonly at: Asked;
}

interface Ran {
  readonly code: number;
  readonly asked: readonly Asked[];
  readonly hasFailed: boolean;
  /** Every text that visitors were served by, in order. */
  readonly served: readonly (string | undefined)[];
}

async function run(setting: Setting, phase: Phase, fault?: Failing): Promise<Ran> {
  const served: (string | undefined)[] = [];
  patience.ofSockets = fault?.kind === 'timeout' ? HEARING : PATIENT;
  const proxy = await startFaultProxy({
    target: setting.cloud.endpoint,
    fault,
    seen: async () => void served.push(await readServed(setting)),
  });
  try {
    const policy = composePolicy(setting.distributions, { prod: phase.release });
    const isRollback = phase.byHand === true;
    const { code } = await runHere({ setting, endpoint: proxy.endpoint, policy, isRollback });
    served.push(await readServed(setting));
    return { code, asked: proxy.asked, hasFailed: proxy.hasFailed, served };
  } finally {
    await proxy.close();
  }
}

/** Of every setting here: they are copies of one account. */
let storeArn: string | undefined;

/** The route of prod, as functions read it. */
async function readServed(setting: Setting): Promise<string | undefined> {
  const KvsARN = (storeArn ??= await findStore(setting));
  const { Items = [] } = await setting.clients.keyValueStore.send(new ListKeysCommand({ KvsARN }));
  return Items.find(({ Key }) => Key === HOSTS.prod)?.Value;
}

/** Times differ from run to run. */
function outlineRoute(text: string | undefined): unknown {
  const route = parseRoute(text);
  return route?.rollback ? { ...route, rollback: { ...route.rollback, at: 0 } } : route;
}

function outline({ store, routeParameter, activeBuild, record, history, pages }: Live) {
  const { phase, generation, intent, stable, kept, quarantine, rollout } = record ?? {};
  return {
    route: outlineRoute(store[HOSTS.prod]),
    isSame: routeParameter === store[HOSTS.prod] && record?.route === routeParameter,
    record: { phase, generation, intent, stable, kept, weight: rollout?.weightBasisPoints },
    barred: quarantine?.map(({ build, rollback }) => [build.build, rollback]),
    activeBuild,
    history,
    pages,
  };
}

/** Longer than a change of a distribution takes at the speed of the setting's cloud. */
const DEPLOYMENT_MILLISECONDS = 100;

/** Of the clouds in which something fails: a change of a distribution takes 6 ms. */
const FAST = 500;

/** Runs until nothing is left to do: a run that failed is run again, as a schedule does. */
const RUNS = 4;

/** What went wrong after this request of this phase failed in this way; undefined: nothing. */
async function findHarm(
  { phase, before, expected, allowed }: Prepared,
  fault: Failing,
): Promise<string | undefined> {
  const setting = await before.fork({ speed: FAST });
  try {
    const runs = [await run(setting, phase, fault)];
    if (!runs[0]?.hasFailed) return 'the request was not made';
    // A person runs a rollback again until it says that it is done.
    const { byHand: _byHand, ...scheduled } = phase;
    const isOver = () =>
      phase.byHand === undefined || runs.some(({ code }) => code === EXIT.rolledBack);
    let reached = outline(await readLive(setting));
    while (runs.length < RUNS && !isEqual(reached, outline(expected))) {
      runs.push(await run(setting, isOver() ? scheduled : phase));
      reached = outline(await readLive(setting));
    }
    const served = runs.flatMap((one) => one.served);
    const wrong = served.find((text) => !allowed.some((one) => isEqual(one, outlineRoute(text))));
    if (wrong !== undefined) return `visitors were served by ${wrong}`;
    if (isEqual(reached, outline(expected))) return undefined;
    return `ended in ${JSON.stringify(reached)} after exits ${runs.map(({ code }) => code).join()}`;
  } finally {
    await setting.close();
  }
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** They write what a step writes, where every fault has been. */
const LIKE_A_STEP = ['bake', 'end'];

/** Every write in every way, every read in one of them: reading again is all that there is to do. */
function listFaults({ asked, phase }: Prepared): readonly Failing[] {
  const reads = asked.filter(({ isWrite, nth }) => !isWrite && nth === 1);
  const kindOf = (index: number) => FAULTS[index % FAULTS.length] ?? 'throttle';
  const writes = asked.filter(({ isWrite }) => isWrite);
  const kindsOf = (index: number) => (LIKE_A_STEP.includes(phase.name) ? [kindOf(index)] : FAULTS);
  return [
    ...writes.flatMap((at, index) => kindsOf(index).map((kind) => ({ kind, at }))),
    ...reads.map((at, index) => ({ kind: kindOf(index), at })),
  ];
}

describe('every call of a rollout fails once', () => {
  it.each(chosen)(
    '$name: no wrong route, and the right end',
    async ({ name }) => {
      const known = prepared.get(name);
      if (known === undefined) throw new Error(`${name} is not prepared`);
      const faults = listFaults(known).filter(({ at, kind }) => full || isSampled(at, kind));
      const harms: string[] = [];
      for (const fault of faults) {
        const harm = await findHarm(known, fault);
        if (harm !== undefined)
          harms.push(`${fault.kind} at ${fault.at.name} ${fault.at.nth}: ${harm}`);
      }
      expect(harms).toEqual([]);
      expect(faults.length).toBeGreaterThan(0);
    },
    PATIENCE,
  );
});
