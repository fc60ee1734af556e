import { setTimeout as sleep } from 'node:timers/promises';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { installFastLane, type FastLane } from '../end-to-end/fast-lane.ts';
import { readLive, visit } from '../end-to-end/live.ts';
import { ALARM, composePolicy } from '../end-to-end/policy.ts';
import { createSetting, type Setting } from '../end-to-end/setting.ts';

/**
 * From an alarm to everyone on stable, on the local cloud in real time: an alarm changes, EventBridge's rule
 * invokes the built function, which writes the KeyValueStore; edges see that after the propagation delay.
 * Says nothing of AWS's own latencies; the number of calls is the same there.
 */

const STABLE = '1';
const CANARIES = ['2', '3', '4'];
/** The same of two environments that go back together. */
const TRAINS = ['5', '6', '7'];
const PROPAGATION_SECONDS = 5;
const WRITE = 'cloudfront-keyvaluestore:UpdateKeys';
/** One that goes along costs its record, and two requests for its keys. */
const LIMITS = { calls: 6, callsOfTrain: 9, writeMilliseconds: 1000 };

interface Round {
  readonly start: string;
  readonly environments: number;
  readonly calls: number;
  readonly all: number;
  readonly writeMilliseconds: number;
  readonly stableMilliseconds: number;
}

/** Of prod, and of staging, which stays where it is or moves with it. */
function policyOf(setting: Setting, build: string) {
  const isTrain = TRAINS.includes(build);
  const steps = [{ weight: '50%', hold: '1h' }];
  const releases = {
    prod: { build, steps },
    staging: { build: isTrain ? build : STABLE, steps: structuredClone(steps) },
  };
  const { edge, app } = composePolicy(setting.distributions, releases);
  const environments = Object.entries(app['environments'] as Record<string, Guarded>);
  const guarded = environments.map(([name, one]) => {
    // So many rollbacks in a day would stop all releases.
    return [name, { ...one, guard: { ...one.guard, breaker: { rollbacks: 0 } } }] as const;
  });
  return {
    edge: { ...edge, together: isTrain ? [['shop/prod', 'shop/staging']] : [] },
    app: { ...app, environments: Object.fromEntries(guarded) },
  };
}

interface Guarded {
  readonly guard: object;
}

async function release(setting: Setting, build: string): Promise<void> {
  const { code, stderr } = await setting.run(['reconcile'], { policy: policyOf(setting, build) });
  if (code !== 0) throw new Error(`reconcile ended with ${code}: ${stderr}`);
}

async function setAlarm({ clients }: Setting, StateValue: 'ALARM' | 'OK'): Promise<void> {
  const state = { AlarmName: ALARM, StateValue, StateReason: 'the benchmark' } as const;
  await clients.cloudWatch.send(new SetAlarmStateCommand(state));
}

/** Milliseconds from `since` until nobody gets the canary any more. */
async function watchVisitors(setting: Setting, since: number): Promise<number> {
  for (;;) {
    const asked = performance.now() - since;
    const pages = await visit(setting);
    if (pages.every((page) => page === STABLE)) return asked;
    if (asked > 60_000) throw new Error(`still ${pages.join(' ')} after a minute`);
    await sleep(20);
  }
}

async function measure(setting: Setting, lane: FastLane, build: string): Promise<Round> {
  await setAlarm(setting, 'OK');
  await release(setting, build);
  await sleep((PROPAGATION_SECONDS + 1) * 1000);
  const before = lane.calls.length;
  const firedAt = performance.now();
  await setAlarm(setting, 'ALARM');
  const stableMilliseconds = await watchVisitors(setting, firedAt);
  const { record } = await readLive(setting);
  if (record?.phase !== 'held') throw new Error('the record does not say that it was rolled back');
  const calls = lane.calls.slice(before);
  const written = calls.findIndex(({ action }) => action === WRITE);
  return {
    start: before === 0 ? 'cold' : 'warm',
    environments: TRAINS.includes(build) ? 2 : 1,
    calls: written + 1,
    all: calls.length,
    writeMilliseconds: (calls[written]?.answeredAt ?? Number.NaN) - firedAt,
    stableMilliseconds,
  };
}

function print(rounds: readonly Round[]): void {
  const row = (cells: readonly (string | number)[]) =>
    console.log(cells.map((cell) => String(cell).padStart(16)).join(''));
  row(['start', 'environments', 'calls to write', 'calls in all', 'ms to write', 'ms to stable']);
  for (const { start, environments, calls, all, ...times } of rounds) {
    const { writeMilliseconds, stableMilliseconds } = times;
    const milliseconds = [writeMilliseconds.toFixed(0), stableMilliseconds.toFixed(0)];
    row([start, environments, calls, all, ...milliseconds]);
  }
  const stableLimit = 1000 + PROPAGATION_SECONDS * 1000;
  const isWithin = rounds.every(
    (round) =>
      round.calls <= (round.environments > 1 ? LIMITS.callsOfTrain : LIMITS.calls) &&
      round.writeMilliseconds < LIMITS.writeMilliseconds &&
      round.stableMilliseconds < stableLimit,
  );
  console.log(
    `${isWithin ? 'within' : 'OVER'} ${LIMITS.calls} calls (${LIMITS.callsOfTrain} for two), ${LIMITS.writeMilliseconds} ms to the write, ` +
      `${stableLimit} ms to the first moment that nobody gets the canary (propagation ${PROPAGATION_SECONDS} s)`,
  );
  if (!isWithin) process.exitCode = 1;
}

const real = { speed: 1, propagationSeconds: PROPAGATION_SECONDS };
const setting = await createSetting([STABLE, ...CANARIES, ...TRAINS], real);
try {
  await release(setting, STABLE);
  const lane = await installFastLane(setting);
  await lane.watchAlarms();
  const rounds: Round[] = [];
  for (const build of [...CANARIES, ...TRAINS]) rounds.push(await measure(setting, lane, build));
  print(rounds);
  await lane.close();
} finally {
  await setting.close();
}
