import {
  paginateDescribeAlarmHistory,
  paginateDescribeAlarms,
  type AlarmType,
  type CloudWatchClient,
  type CompositeAlarm,
  type DescribeAlarmHistoryCommandInput,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmName } from '../../../core/policy/policy.ts';
import type { AlarmSeen } from '../../../core/state/record.ts';
import type { AlarmState, Alarms } from '../../../ports/alarms.ts';
import { translateError } from '../translate-error.ts';
import { listChildren, toAlarmSeen, toAlarmState } from './alarm.ts';

/** DescribeAlarms refuses more names than this. */
const NAMES_PER_CALL = 100;
/** Without them CloudWatch leaves composite alarms out. */
const ALARM_TYPES: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** `clientIn` gives the client of a region. */
export function createAlarms(clientIn: ClientIn): Alarms {
  return {
    async read(alarms, options) {
      const look = options?.plain === true ? describe : describeWhole;
      const groups = groupByRegion(alarms).map(([region, group]) =>
        readRegion(async (names) => look(await clientIn(region), names), region, group),
      );
      return (await Promise.all(groups)).flat();
    },

    async entered(alarms, since) {
      const histories = alarms.map((alarm) => readEntries(clientIn, alarm, since));
      return (await Promise.all(histories)).flat();
    },
  };
}

type ClientIn = (region: string) => Promise<CloudWatchClient>;

/** Never fails: an alarm that can't be read is a state of its own, which the policy's `noData` judges. */
async function readRegion(
  look: (names: readonly string[]) => ReturnType<typeof describe>,
  region: string,
  alarms: readonly AlarmName[],
): Promise<readonly AlarmState[]> {
  try {
    const found = await look(alarms.map(({ name }) => name));
    return alarms.map((alarm) => toAlarmState(alarm, found.get(alarm.name), found));
  } catch (error) {
    const resource = `alarms in ${region}`;
    const { message } = translateError(error, { action: 'cloudwatch:DescribeAlarms', resource });
    return alarms.map((alarm) => ({
      ...alarm,
      state: 'unreadable',
      since: undefined,
      reason: message,
    }));
  }
}

/** With what composite alarms are made of, one level down: only to tell what they look at. */
async function describeWhole(client: CloudWatchClient, names: readonly string[]) {
  const found = await describe(client, names);
  const children = [...found.values()].flatMap(listChildren);
  const missing = [...new Set(children)].filter((name) => !found.has(name));
  const more = missing.length === 0 ? [] : await describe(client, missing);
  return new Map([...more, ...found]);
}

async function describe(client: CloudWatchClient, names: readonly string[]) {
  const found = new Map<string | undefined, MetricAlarm | CompositeAlarm>();
  for (let at = 0; at < names.length; at += NAMES_PER_CALL) {
    const input = { AlarmNames: names.slice(at, at + NAMES_PER_CALL), AlarmTypes: ALARM_TYPES };
    for await (const page of paginateDescribeAlarms({ client }, input))
      for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])])
        found.set(alarm.AlarmName, alarm);
  }
  return found;
}

async function readEntries(
  clientIn: ClientIn,
  alarm: AlarmName,
  since: string,
): Promise<readonly AlarmSeen[]> {
  const start = new Date(since);
  const input: DescribeAlarmHistoryCommandInput = {
    AlarmName: alarm.name,
    AlarmTypes: ALARM_TYPES,
    HistoryItemType: 'StateUpdate',
    StartDate: start,
    ScanBy: 'TimestampAscending',
  };
  const seen: AlarmSeen[] = [];
  try {
    const client = await clientIn(alarm.region);
    for await (const page of paginateDescribeAlarmHistory({ client }, input))
      for (const item of page.AlarmHistoryItems ?? []) {
        const entry = toAlarmSeen(alarm, item);
        // Compared again: StartDate may have been sent to the second.
        if (entry && new Date(entry.at) >= start) seen.push(entry);
      }
    return seen;
  } catch (error) {
    const resource = `the history of alarm ${alarm.name} in ${alarm.region}`;
    throw translateError(error, { action: 'cloudwatch:DescribeAlarmHistory', resource });
  }
}

function groupByRegion(
  alarms: readonly AlarmName[],
): readonly (readonly [string, readonly AlarmName[]])[] {
  const regions = [...new Set(alarms.map(({ region }) => region))];
  return regions.map((region) => [region, alarms.filter((alarm) => alarm.region === region)]);
}
