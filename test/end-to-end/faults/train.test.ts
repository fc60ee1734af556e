import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ListKeysCommand } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../controller/core/errors.ts';
import { keys } from '../../../controller/core/state/keys.ts';
import type { EnvironmentRecord } from '../../../controller/core/state/record.ts';
import { parseRoute } from '../../../controller/core/state/route.ts';
import { full } from '../../depth.ts';
import { findStore } from '../live.ts';
import { ALARM, BUCKET, composePolicy, HOSTS, type Policy, type Release } from '../policy.ts';
import { A, B, createSetting, type Setting } from '../setting.ts';
import { startFaultProxy, type Asked, type Fault } from './fault-proxy.ts';
import { LONG, OVER, type Phase } from './phase.ts';
import { runHere } from './run-here.ts';

/** Both environments of the shop, which move together. */
const NAMES = ['staging', 'prod'] as const;

function releaseB(hold: string, bake: string): Release {
  return { build: B, steps: [{ weight: '50%', hold }], bake };
}

const PHASES: readonly Phase[] = [
  { name: 'first release', release: { build: A } },
  { name: 'start', after: 'first release', release: releaseB(LONG, LONG) },
  { name: 'step', after: 'start', release: releaseB(OVER, LONG) },
  { name: 'end', after: 'step', release: releaseB(OVER, OVER) },
  { name: 'rollback', after: 'start', release: releaseB(LONG, LONG), alarm: true },
  { name: 'rollback by hand', after: 'start', release: releaseB(LONG, LONG), byHand: true },
];

interface Prepared {
  readonly phase: Phase;
  readonly before: Setting;
  readonly reached: Setting;
  readonly asked: readonly Asked[];
  readonly expected: unknown;
}

let first: Setting;
const prepared = new Map<string, Prepared>();

function policyOf({ distributions }: Setting, release: Release): Policy {
  // A copy, or YAML would refer to the one from the other.
  const releases = { staging: release, prod: structuredClone(release) };
  const { edge, app } = composePolicy(distributions, releases);
  const environments = app['environments'] as Record<(typeof NAMES)[number], object>;
  const staging = { ...environments.staging, guard: { noData: 'pass' } };
  return {
    edge: { ...edge, together: [['shop/staging', 'shop/prod']] },
    app: { ...app, environments: { ...environments, staging } },
  };
}

interface Ran {
  readonly code: number;
  readonly asked: readonly Asked[];
  readonly problems: readonly string[];
}

async function run(
  setting: Setting,
  phase: Phase,
  fault?: { readonly kind: Fault; readonly at: Asked },
): Promise<Ran> {
  const problems: string[] = [];
  const look = async () => {
    const problem = findProblem(await readServed(setting));
    if (problem !== undefined) problems.push(problem);
  };
  const proxy = await startFaultProxy({ target: setting.cloud.endpoint, fault, seen: look });
  try {
    const policy = policyOf(setting, phase.release);
    const isRollback = phase.byHand === true;
    const { code } = await runHere({ setting, endpoint: proxy.endpoint, policy, isRollback });
    return { code, asked: proxy.asked, problems };
  } finally {
    await proxy.close();
  }
}

/** Of every setting here: they are copies of one account. */
let storeArn: string | undefined;

/** The store as functions read it: one route for each environment. */
async function readServed(setting: Setting): Promise<readonly (string | undefined)[]> {
  const KvsARN = (storeArn ??= await findStore(setting));
  const { Items = [] } = await setting.clients.keyValueStore.send(new ListKeysCommand({ KvsARN }));
  return NAMES.map((name) => Items.find(({ Key }) => Key === HOSTS[name])?.Value);
}

function findProblem(texts: readonly (string | undefined)[]): string | undefined {
  const states = texts.map((text) => {
    const { stable, canary, rollback } = parseRoute(text) ?? {};
    return `${stable?.[0]} ${canary?.build[0]} ${canary?.weight} ${rollback?.reason}`;
  });
  return new Set(states).size > 1 ? states.join(' but ') : undefined;
}

async function readRecord({ clients }: Setting, name: string): Promise<EnvironmentRecord> {
  const place = { Bucket: BUCKET, Key: keys.record('shop', name) };
  const { Body } = await clients.s3.send(new GetObjectCommand(place));
  return JSON.parse(String(await Body?.transformToString())) as EnvironmentRecord;
}

/** What must be the same however a run ended: all but times. */
async function outline(setting: Setting): Promise<unknown> {
  const served = await readServed(setting);
  const records = await Promise.all(NAMES.map((name) => readRecord(setting, name)));
  return records.map((record, index) => {
    const { phase, generation, intent, stable, rollout, quarantine, route } = record;
    const barred = quarantine.map(({ build, rollback }) => [build.build, rollback]);
    const weight = rollout?.weightBasisPoints;
    const isServed = served[index] === route;
    return { phase, generation, intent, stable: stable.build, weight, barred, isServed };
  });
}

async function prepare(phase: Phase): Promise<void> {
  const former = phase.after === undefined ? first : prepared.get(phase.after)?.reached;
  if (former === undefined) throw new Error(`${phase.after} comes later`);
  const before = await former.fork();
  if (phase.alarm) {
    const fired = { AlarmName: ALARM, StateValue: 'ALARM', StateReason: '9 errors' } as const;
    await before.clients.cloudWatch.send(new SetAlarmStateCommand(fired));
  }
  const reached = await before.fork();
  const { asked, code, problems } = await run(reached, phase);
  expect([EXIT.done, EXIT.rolledBack], phase.name).toContain(code);
  if (phase.after !== undefined) expect(problems, phase.name).toEqual([]);
  // A change of a distribution is deployed before the next run.
  await sleep(100);
  prepared.set(phase.name, { phase, before, reached, asked, expected: await outline(reached) });
}

const RUNS = 3;

/** What others do in the same way is not done again, but for the commit and the records after it. */
function listWrites({ asked, phase }: Prepared): readonly Asked[] {
  const writes = asked.filter(({ name, isWrite }) => isWrite && !name.endsWith('/policies.json'));
  if (phase.name !== 'end' && phase.byHand !== true) return writes;
  return writes.filter(({ name }) => /^UpdateKeys|record\.json$/.test(name));
}

/** What went wrong after a run of this phase died behind this request; undefined: nothing. */
async function findHarm(known: Prepared, at: Asked): Promise<string | undefined> {
  const { phase, before, expected } = known;
  const setting = await before.fork();
  try {
    const runs = [await run(setting, phase, { kind: 'death', at })];
    // Also of a rollback by hand: what is left to do is the schedule's.
    const { byHand: _byHand, ...scheduled } = phase;
    let reached = await outline(setting);
    while (runs.length < RUNS && !isEqual(reached, expected)) {
      runs.push(await run(setting, scheduled));
      reached = await outline(setting);
    }
    const problems = runs.flatMap((one) => one.problems);
    if (problems.length > 0) return `visitors met half a train: ${problems.join(', ')}`;
    const codes = runs.map(({ code }) => code).join();
    return isEqual(reached, expected)
      ? undefined
      : `ended in ${JSON.stringify(reached)} after exits ${codes}`;
  } finally {
    await setting.close();
  }
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

describe.runIf(full)('a run of a train dies behind any of its writes', () => {
  beforeAll(async () => {
    first = await createSetting([A, B]);
    for (const phase of PHASES) await prepare(phase);
  }, 300_000);
  afterAll(() => first.close());

  it('moves both in one write', () => {
    for (const { phase, asked } of prepared.values()) {
      const writes = asked.filter(({ name }) => /^UpdateKeys (?!golden)/.test(name));
      expect(writes, phase.name).toHaveLength(1);
    }
  });

  it.each(PHASES.slice(1))(
    '$name: both go on, or none; the next run finishes both',
    async ({ name }) => {
      const known = prepared.get(name);
      if (known === undefined) throw new Error(`${name} is not prepared`);
      const harms: string[] = [];
      const writes = listWrites(known);
      for (const at of writes) {
        const harm = await findHarm(known, at);
        if (harm !== undefined) harms.push(`${at.name} ${at.nth}: ${harm}`);
      }
      expect(harms).toEqual([]);
      expect(writes.length).toBeGreaterThan(2);
    },
    300_000,
  );
});
