import { createHash } from 'node:crypto';
import type { CloudClock, Disk } from '../service.ts';
import type { Alarm, AlarmDefinition, AlarmState } from './alarm.ts';
import { evaluationRange, explain, judge, type Datapoint } from './evaluation.ts';
import type { Metric, MetricStore, Stats } from './metric-store.ts';

export interface HistoryItem {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate';
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** The alarms of all regions and what happened to them. */
export interface AlarmBook {
  get(region: string, name: string): Alarm | undefined;
  /** Sorted by name. */
  all(region: string): readonly Alarm[];
  put(region: string, definition: AlarmDefinition): void;
  /** Holds until an evaluation comes to another result. */
  setState(alarm: Alarm, state: AlarmState): void;
  remove(alarm: Alarm): void;
  /** Oldest first; of deleted alarms too. */
  history(region: string): readonly HistoryItem[];
  /** Evaluates every alarm whose turn it is. */
  evaluateDue(): void;
}

const MAX_HISTORY = 1000;
const EVALUATION_SECONDS = 60;

export interface BookOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  readonly metrics: MetricStore;
}

export function openAlarmBook({ disk, clock, metrics }: BookOptions): AlarmBook {
  const alarms = loadAlarms(disk);
  const now = () => clock.now().getTime();
  const save = (alarm: Alarm) => {
    disk.write(documentName('alarms', alarm.region, alarm.definition.AlarmName), alarm);
    alarms.set(keyOf(alarm.region, alarm.definition.AlarmName), alarm);
  };
  const note = (region: string, item: HistoryItem) => {
    const document = documentName('history', region, item.name);
    const items = disk.read<readonly HistoryItem[]>(document) ?? [];
    disk.write(document, [...items, item].slice(-MAX_HISTORY));
  };
  const enter = (alarm: Alarm, state: AlarmState) => {
    const time = now();
    const changed = state.value !== alarm.state.value;
    const stateTransitioned = changed ? time : alarm.stateTransitioned;
    // History first: an alarm never shows a state that its history doesn't know.
    if (changed) note(alarm.region, describeTransition(alarm, state, time));
    save({ ...alarm, state, stateUpdated: time, stateTransitioned, evaluated: time });
  };
  const evaluate = (alarm: Alarm) => {
    const seen = readDatapoints(alarm, { metrics, clock });
    const value = judge(alarm.definition, seen.datapoints);
    if (value !== undefined && value !== alarm.state.value) {
      enter(alarm, explain(alarm.definition, value, seen));
    } else {
      // Only in memory: when an evaluation changed nothing, it needn't be remembered.
      const key = keyOf(alarm.region, alarm.definition.AlarmName);
      alarms.set(key, { ...alarm, evaluated: now() });
    }
  };
  return {
    get: (region, name) => alarms.get(keyOf(region, name)),
    all: (region) => sortAlarms([...alarms.values()].filter((alarm) => alarm.region === region)),
    put(region, definition) {
      const former = alarms.get(keyOf(region, definition.AlarmName));
      note(
        region,
        describeConfiguration(definition.AlarmName, former ? 'updated' : 'created', now()),
      );
      const alarm = former ?? newAlarm(region, definition, now());
      evaluateAfter({ ...alarm, definition, configured: now() });
    },
    setState: enter,
    remove({ region, definition: { AlarmName: name } }) {
      note(region, describeConfiguration(name, 'deleted', now()));
      disk.remove(documentName('alarms', region, name));
      alarms.delete(keyOf(region, name));
    },
    history: (region) =>
      disk
        .list(`cloudwatch/history/${region}`)
        .flatMap((document) => disk.read<readonly HistoryItem[]>(document) ?? [])
        .toSorted((a, b) => a.time - b.time),
    evaluateDue() {
      for (const alarm of alarms.values()) {
        if (now() >= nextEvaluation(alarm, clock.speed)) evaluate(alarm);
      }
    },
  };

  function evaluateAfter(alarm: Alarm): void {
    save(alarm);
    evaluate(alarm);
  }
}

/** Every minute, or every period when that is shorter; divided by `speed`. */
function nextEvaluation({ definition, evaluated }: Alarm, speed: number): number {
  return evaluated + (Math.min(definition.Period, EVALUATION_SECONDS) * 1000) / speed;
}

/** The complete periods of the evaluation range, newest first. */
function readDatapoints(
  { region, definition }: Alarm,
  { metrics, clock }: Pick<BookOptions, 'metrics' | 'clock'>,
): { datapoints: readonly Datapoint[]; start: Date; now: Date } {
  const now = clock.now();
  const period = (definition.Period * 1000) / clock.speed;
  const end = Math.floor(now.getTime() / period) * period;
  const metric: Metric = {
    region,
    namespace: definition.Namespace,
    name: definition.MetricName,
    dimensions: definition.Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).toSorted(),
  };
  const count = evaluationRange(definition);
  const datapoints = Array.from({ length: count }, (_, age) => {
    const stats = metrics.read(metric, end - (age + 1) * period, end - age * period);
    return stats && pick(stats, definition.Statistic);
  });
  return { datapoints, start: new Date(end - count * period), now };
}

function pick(stats: Stats, statistic: AlarmDefinition['Statistic']): number {
  switch (statistic) {
    case 'SampleCount':
      return stats.count;
    case 'Sum':
      return stats.sum;
    case 'Average':
      return stats.sum / stats.count;
    case 'Minimum':
      return stats.minimum;
    case 'Maximum':
      return stats.maximum;
  }
}

function newAlarm(region: string, definition: AlarmDefinition, time: number): Alarm {
  return {
    region,
    definition,
    configured: time,
    state: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' },
    stateUpdated: time,
    stateTransitioned: time,
    evaluated: time,
  };
}

function describeTransition(alarm: Alarm, state: AlarmState, time: number): HistoryItem {
  const describe = ({ value, reason, reasonData }: AlarmState) => ({
    stateValue: value,
    stateReason: reason,
    ...(reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) as unknown }),
  });
  return {
    name: alarm.definition.AlarmName,
    time,
    type: 'StateUpdate',
    summary: `Alarm updated from ${alarm.state.value} to ${state.value}`,
    data: JSON.stringify({
      version: '1.0',
      oldState: describe(alarm.state),
      newState: describe(state),
    }),
  };
}

function describeConfiguration(name: string, verb: string, time: number): HistoryItem {
  return {
    name,
    time,
    type: 'ConfigurationUpdate',
    summary: `Alarm "${name}" ${verb}`,
    data: JSON.stringify({ version: '1.0', type: verb.replace(/d$/, '') }),
  };
}

function loadAlarms(disk: Disk): Map<string, Alarm> {
  const alarms = new Map<string, Alarm>();
  for (const document of disk.list('cloudwatch/alarms')) {
    const alarm = disk.read<Alarm>(document);
    if (alarm !== undefined) alarms.set(keyOf(alarm.region, alarm.definition.AlarmName), alarm);
  }
  return alarms;
}

function keyOf(region: string, name: string): string {
  return `${region} ${name}`;
}

/** Alarm names may be longer than a file name once encoded, so their hash names the document. */
function documentName(kind: 'alarms' | 'history', region: string, name: string): string {
  return `cloudwatch/${kind}/${region}/${createHash('sha256').update(name).digest('hex')}`;
}

function sortAlarms(alarms: readonly Alarm[]): readonly Alarm[] {
  return alarms.toSorted((a, b) => (a.definition.AlarmName < b.definition.AlarmName ? -1 : 1));
}
