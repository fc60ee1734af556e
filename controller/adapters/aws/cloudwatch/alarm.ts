import type { AlarmHistoryItem, CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmTransition } from '../../../core/backtest/alarm-record.ts';
import type { AlarmName } from '../../../core/policy/policy.ts';
import { METRIC_NAMESPACE } from '../../../core/rollout/visitors/metric-filters.ts';
import type { AlarmSeen } from '../../../core/state/record.ts';
import type { AlarmState } from '../../../ports/alarms.ts';
import { readText } from '../fields.ts';

/** CloudWatch's description of an alarm in our words; undefined: it knows no such alarm. */
export function toAlarmState(
  { name, region }: AlarmName,
  found: MetricAlarm | CompositeAlarm | undefined,
  known: KnownAlarms = new Map(),
): AlarmState {
  if (!found)
    return {
      name,
      region,
      state: 'missing',
      since: undefined,
      reason: 'there is no alarm of that name',
    };
  return {
    name,
    region,
    state: found.StateValue ?? 'INSUFFICIENT_DATA',
    // StateUpdatedTimestamp also moves when only the reason changes.
    since: (found.StateTransitionedTimestamp ?? found.StateUpdatedTimestamp)?.toISOString(),
    reason: found.StateReason ?? '',
    ...(seesCanary(found, known) && { seesCanary: true }),
    ...(countsReports(found, known) && { countsReports: true }),
  };
}

/** By name, in one region. */
export type KnownAlarms = ReadonlyMap<string | undefined, MetricAlarm | CompositeAlarm>;

/** The alarms that a composite one is made of, as its rule names them: `ALARM("a") OR ALARM(b)`. */
export function listChildren(alarm: MetricAlarm | CompositeAlarm): readonly string[] {
  const rule = 'AlarmRule' in alarm ? (alarm.AlarmRule ?? '') : '';
  const names = [
    ...rule.matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"([^"]+)"|([^\s")]+))/g),
  ];
  // An alarm may be named by its ARN, which ends in its name.
  return names.map(([, quoted, plain]) => (quoted ?? plain ?? '').replace(/^arn:.*:alarm:/, ''));
}

/** Metrics of the canary alone have it as the value of a dimension; of a composite alarm, one has to. */
function seesCanary(alarm: MetricAlarm | CompositeAlarm, known: KnownAlarms): boolean {
  return withChildren(alarm, known).some(hasCanary);
}

function withChildren(alarm: MetricAlarm | CompositeAlarm, known: KnownAlarms) {
  return [alarm, ...listChildren(alarm).flatMap((name) => known.get(name) ?? [])];
}

/** Of the metrics that Headgate's metric filters make; of a composite alarm, one has to be. */
function countsReports(alarm: MetricAlarm | CompositeAlarm, known: KnownAlarms): boolean {
  return withChildren(alarm, known).some((one) => {
    if (!('MetricName' in one || 'Metrics' in one)) return false;
    const queries = (one.Metrics ?? []).map(({ MetricStat }) => MetricStat?.Metric?.Namespace);
    return [one.Namespace, ...queries].some((name) => name?.startsWith(`${METRIC_NAMESPACE}/`));
  });
}

function hasCanary(alarm: MetricAlarm | CompositeAlarm): boolean {
  if (!('MetricName' in alarm || 'Metrics' in alarm)) return false;
  const queries = (alarm.Metrics ?? []).map(({ MetricStat }) => MetricStat?.Metric?.Dimensions);
  return [alarm.Dimensions, ...queries].flat().some((one) => one?.Value === 'canary');
}

/** The entry into ALARM that a history item tells of; undefined when it tells of something else. */
export function toAlarmSeen(
  { name, region }: AlarmName,
  item: AlarmHistoryItem,
): AlarmSeen | undefined {
  const change = readChange(item);
  if (change.to !== 'ALARM' || change.from === 'ALARM' || !item.Timestamp) return undefined;
  return { name, region, at: item.Timestamp.toISOString(), reason: change.reason };
}

/** The change that a history item tells of, into whatever state; undefined: it tells of none. */
export function toTransition(
  { name, region }: AlarmName,
  item: AlarmHistoryItem,
): AlarmTransition | undefined {
  const { from, to, reason } = readChange(item);
  if (from === to || !item.Timestamp || !isStateName(from) || !isStateName(to)) return undefined;
  return { name, region, at: item.Timestamp.toISOString(), from, to, reason };
}

function isStateName(text: string): text is AlarmTransition['to'] {
  return text === 'OK' || text === 'ALARM' || text === 'INSUFFICIENT_DATA';
}

interface StateChange {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** HistoryData is JSON cut off at 4,095 characters; then the summary still says from what to what. */
function readChange({ HistoryData = '', HistorySummary = '' }: AlarmHistoryItem): StateChange {
  const whole = parseHistoryData(HistoryData);
  if (whole) return whole;
  const [, from, to] = /from (\w+) to (\w+)/.exec(HistorySummary) ?? [];
  if (from && to) return { from, to, reason: HistorySummary };
  throw new Error(`CloudWatch's alarm history has an item that can't be read: ${HistorySummary}`);
}

function parseHistoryData(text: string): StateChange | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const from = readText(data, 'oldState', 'stateValue');
  const to = readText(data, 'newState', 'stateValue');
  if (!from || !to) return undefined;
  return { from, to, reason: readText(data, 'newState', 'stateReason') ?? '' };
}
