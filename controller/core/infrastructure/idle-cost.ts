/** What a resource costs while nobody comes, by the prices of policies/costs.md. */
import { LANE, MONTH_MINUTES } from '../costs/assumptions.ts';
import { priceBill } from '../costs/prices.ts';
import type { Resource } from './template.ts';

/** `$0.10 a month`; undefined: nothing but what is used. */
export function idleCost({ Type, Properties }: Resource): string | undefined {
  if (Type === 'AWS::CloudWatch::Alarm') return `$${priceBill({ alarm: 1 }).toFixed(2)} a month`;
  const { ScheduleExpression: schedule } = Properties;
  if (Type === 'AWS::Events::Rule' && typeof schedule === 'string') return scheduleCost(schedule);
  return undefined;
}

/** Of the function that it wakes: each run is billed by memory and time. */
function scheduleCost(schedule: string): string {
  const [, count = '1', unit = ''] = /^rate\((\d+) (\w+)\)$/.exec(schedule) ?? [];
  const runs = MONTH_MINUTES / (Number(count) * (unit.startsWith('hour') ? 60 : 1));
  const dollars = priceBill({
    lambdaRun: runs,
    lambdaGigabyteSecond: runs * LANE.seconds * LANE.gigabytes,
  });
  return `${Math.round(runs)} runs a month, $${dollars.toFixed(2)} at ${LANE.seconds} s each, and what they read`;
}
