import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as ClientConfig from '../../../controller/adapters/aws/client-config.ts';
import { parseRoute } from '../../../controller/core/state/route.ts';
import { full } from '../../depth.ts';
import { readLive, type Live } from '../live.ts';
import { ALARM, composePolicy, HOSTS, type Release } from '../policy.ts';
import { A, B, createSetting, type Setting } from '../setting.ts';
import { FAULTS, startFaultProxy, type Asked, type Fault } from './fault-proxy.ts';
import { runHere } from './run-here.ts';

/** A call that AWS doesn't answer is given up after a moment. */
vi.mock('../../../controller/adapters/aws/client-config.ts', async (importActual) => {
  const actual = await importActual<typeof ClientConfig>();
  return {
    ...actual,
    buildClientConfig: (region: string | undefined) => {
      const config = actual.buildClientConfig(region);
      return { ...config, requestHandler: { ...config.requestHandler, socketTimeout: 300 } };
    },
  };
});

interface Phase {
  readonly name: string;
  /** The phase it follows. */
  readonly after?: string;
  readonly release: Release;
  readonly alarm?: true;
  readonly byHand?: true;
}

// What is over when the next run looks, and what no test will see the end of.
const OVER = '0.001s';
const LONG = '1h';

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

interface Prepared {
  readonly phase: Phase;
  readonly before: Setting;
  readonly expected: Live;
  readonly asked: readonly Asked[];
}

let first: Setting;
const prepared = new Map<string, Prepared & { readonly reached: Setting }>();

beforeAll(async () => {
  first = await createSetting([A, B]);
  for (const phase of phases) await prepare(phase);
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
  const { asked } = await run(reached, phase);
  prepared.set(phase.name, { phase, before, reached, asked, expected: await readLive(reached) });
}

interface Ran {
  readonly code: number;
  readonly asked: readonly Asked[];
  readonly hasFailed: boolean;
  /** Every text that visitors were served by, in order. */
  readonly served: readonly (string | undefined)[];
}

async function run(
  setting: Setting,
  phase: Phase,
  fault?: { readonly kind: Fault; readonly at: Asked },
): Promise<Ran> {
  const served: (string | undefined)[] = [];
  const proxy = await startFaultProxy({
    target: setting.cloud.endpoint,
    fault,
    seen: async () => void served.push((await readLive(setting)).store[HOSTS.prod]),
  });
  try {
    const policy = composePolicy(setting.distributions, { prod: phase.release });
    const isRollback = phase.byHand === true;
    const code = await runHere({ setting, endpoint: proxy.endpoint, policy, isRollback });
    return { code, asked: proxy.asked, hasFailed: proxy.hasFailed, served };
  } finally {
    await proxy.close();
  }
}
