/** Events that try the way of an alarm to the fast lane without an alarm. */
import type { AlarmName } from '../policy/policy.ts';

/** AWS lets nobody else send events of `aws.cloudwatch` (documented). */
export const TEST_SOURCE = 'headgate.doctor';

/** In the place of the time, which CloudWatch never writes so: the fast lane logs it and does nothing. */
export const TEST_MARK = 'headgate-doctor-';

const TYPE = 'CloudWatch Alarm State Change';

/** What CloudWatch would say, as far as rules and their input look at it. */
export function composeDetail(alarm: AlarmName, timestamp: string) {
  return {
    alarmName: alarm.name,
    state: { value: 'ALARM', timestamp, reason: 'headgate doctor' },
    previousState: { value: 'OK' },
  };
}

/** The whole event, as it reaches a rule in `alarm.region`, or by a forwarding rule in another one. */
export function composeEvent(
  alarm: AlarmName,
  { account, source, at }: { readonly account: string; readonly source: string; readonly at: Date },
) {
  const time = at.toISOString();
  return {
    version: '0',
    id: '00000000-0000-0000-0000-000000000000',
    'detail-type': TYPE,
    source,
    account,
    time,
    region: alarm.region,
    resources: [`arn:aws:cloudwatch:${alarm.region}:${account}:alarm:${alarm.name}`],
    detail: composeDetail(alarm, time.replace('Z', '+0000')),
  };
}

/**
 * Whether asking EventBridge is worth it: with hundreds of rules and alarms most pairs differ by name.
 * Worked example: `{"detail": {"alarmName": ["a"]}}` never lets the alarm b through; `[{"prefix": "shop-"}]` may.
 */
export function mayMatch(pattern: string, { name }: AlarmName): boolean {
  const { detail } = parse(pattern);
  const { alarmName } = fieldsOf(detail);
  if (!Array.isArray(alarmName)) return true;
  const tests = alarmName as readonly unknown[];
  return tests.some((test) => typeof test !== 'string' || test === name);
}

function parse(pattern: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(pattern));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
