/** What an environment costs in a month beside its visitors. */
import { LOOK_MINUTES } from '../fast-lane/look.ts';
import { LANE, MONTH_MINUTES, RECONCILE_MINUTES, TEAM } from './assumptions.ts';
import { PUBLISHES } from './publishing.ts';
import { type Bill, priceBill } from './prices.ts';

export interface Line {
  readonly name: string;
  readonly how: string;
  readonly dollars: number;
}

/**
 * What a run of the fast lane asks when nothing is to be done, for an app with two environments in one group.
 * Measured on the local cloud, and held to that by test/end-to-end/idle-run.test.ts.
 */
export const IDLE_RUN = { get: 6, list: 1, alarmCalls: 1, storeCalls: 0 } as const;

/** The store's revision and its keys, where it is looked at. Held to that by the same test. */
export const CALLS_OF_LOOK = 2;

/** The same for the routes, and for the golden one of the group's code. */
export const CALLS_OF_RECONCILE = 4;

/** Of a write: the store's revision, its keys, the write (controller/README.md). */
const CALLS_OF_WRITE = 3;

/** With the fast lane as `headgate bootstrap` sets it up; without it its two lines fall away. */
export function listMonth(): readonly Line[] {
  return [
    line('an alarm', 'one', { alarm: 1 }),
    line('SSM parameters', 'standard ones, a handful', { parameter: 5 }),
    line(
      'a rule of EventBridge for alarms',
      'events of AWS services; the function only runs for them',
      { serviceEvent: 1 },
    ),
    line('log of a function', '0.1 GB, with the beacon more: edge/README.md', { logs: 0.1 }),
    line('metrics of the beacon', 'four and an alarm, only where `guard.beacon` is on', {
      metric: 4,
      alarm: 1,
    }),
    line('routes', `${writes()} writes of ${CALLS_OF_WRITE} calls each`, {
      storeCall: writes() * CALLS_OF_WRITE,
    }),
    line('fast lane, its runs', `each minute, ${LANE.seconds} s`, {
      lambdaRun: MONTH_MINUTES,
      lambdaGigabyteSecond: MONTH_MINUTES * LANE.seconds * LANE.gigabytes,
    }),
    line('fast lane, what it reads', 'each minute 7 requests of S3, 1 of CloudWatch', {
      get: MONTH_MINUTES * IDLE_RUN.get,
      put: MONTH_MINUTES * IDLE_RUN.list,
      alarmCall: MONTH_MINUTES * IDLE_RUN.alarmCalls,
    }),
    line('builds', `${TEAM.builds} of 200 changed files, and what they add to the bucket`, {
      ...times(PUBLISHES[1]?.bill ?? {}, TEAM.builds),
      storage: TEAM.builds * (PUBLISHES[1]?.gigabytes ?? 0),
    }),
  ];
}

/** What reading KeyValueStores through their API would come to, if calls that read are billed as those that write. */
export function listStoreReads(): readonly Line[] {
  return [
    line('fast lane, while nothing rolls', `${CALLS_OF_LOOK} every ${LOOK_MINUTES} minutes`, {
      storeCall: (MONTH_MINUTES / LOOK_MINUTES) * CALLS_OF_LOOK,
    }),
    line(
      'fast lane, while something does',
      `${CALLS_OF_LOOK} each minute of ${TEAM.rollouts} rollouts of ${TEAM.minutesOfRollout} minutes`,
      { storeCall: TEAM.rollouts * TEAM.minutesOfRollout * CALLS_OF_LOOK },
    ),
    line(
      '`reconcile.yml` on its schedule',
      `${CALLS_OF_RECONCILE} every ${RECONCILE_MINUTES} minutes`,
      { storeCall: (MONTH_MINUTES / RECONCILE_MINUTES) * CALLS_OF_RECONCILE },
    ),
  ];
}

function writes(): number {
  return TEAM.rollouts * TEAM.routesOfRollout;
}

function line(name: string, how: string, bill: Bill): Line {
  return { name, how, dollars: priceBill(bill) };
}

function times(bill: Bill, count: number): Bill {
  const products = Object.entries(bill).map(([item, each]) => [item, each * count] as const);
  return Object.fromEntries(products);
}
