import { createHash } from 'node:crypto';
import type { CloudClock, Disk } from '../service.ts';
import type { Alarm, AlarmDefinition, AlarmState } from './alarm.ts';
import {
  appendHistory,
  describeConfiguration,
  describeTransition,
  readHistory,
  type HistoryItem,
} from './alarm-history.ts';
import { readDatapoints } from './datapoints.ts';
import { evaluationRange, explain, judge } from './evaluation.ts';
import type { MetricStore } from './metric-store.ts';

const EVALUATION_SECONDS = 60;

export interface BookOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  readonly metrics: MetricStore;
}

/** The alarms of all regions and what happened to them. */
export class AlarmBook {
  readonly #options: BookOptions;
  readonly #alarms = new Map<string, Alarm>();

  constructor(options: BookOptions) {
    this.#options = options;
    for (const document of options.disk.list('cloudwatch/alarms')) {
      const alarm = options.disk.read<Alarm>(document);
      if (alarm !== undefined) this.#alarms.set(keyOf(alarm), alarm);
    }
  }

  get(region: string, name: string): Alarm | undefined {
    return this.#alarms.get(`${region} ${name}`);
  }

  /** Sorted by name. */
  all(region: string): readonly Alarm[] {
    return [...this.#alarms.values()]
      .filter((alarm) => alarm.region === region)
      .toSorted((a, b) => (a.definition.AlarmName < b.definition.AlarmName ? -1 : 1));
  }

  /** Oldest first; of deleted alarms too. */
  history(region: string): readonly HistoryItem[] {
    return readHistory(this.#options.disk, region);
  }

  /** Another definition leaves the state as it is until it is evaluated, which is at once. */
  put(region: string, definition: AlarmDefinition): void {
    const time = this.#now();
    const former = this.get(region, definition.AlarmName);
    const verb = former === undefined ? 'Create' : 'Update';
    this.#note(region, describeConfiguration(definition.AlarmName, verb, time));
    const state = {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
    } as const;
    const fresh = { state, stateUpdated: time, stateTransitioned: time };
    const alarm = { ...fresh, ...former, region, definition, configured: time, evaluated: time };
    this.#save(alarm);
    this.#evaluate(alarm, time);
  }

  /** The state holds until an evaluation comes to another result. */
  setState(alarm: Alarm, state: AlarmState, time = this.#now()): Alarm {
    const changed = state.value !== alarm.state.value;
    // History first: an alarm never shows a state that its history doesn't know.
    if (changed) this.#note(alarm.region, describeTransition(alarm, state, time));
    const stateTransitioned = changed ? time : alarm.stateTransitioned;
    return this.#save({ ...alarm, state, stateUpdated: time, stateTransitioned, evaluated: time });
  }

  remove(alarm: Alarm): void {
    const { AlarmName } = alarm.definition;
    this.#note(alarm.region, describeConfiguration(AlarmName, 'Delete', this.#now()));
    this.#options.disk.remove(documentOf(alarm));
    this.#alarms.delete(keyOf(alarm));
  }

  /**
   * Makes every evaluation that is due: once a minute, or once a period when that is shorter. One that
   * is late still sees what it would have seen in time, so a busy machine misses no alarm.
   */
  evaluateDue(): void {
    const { speed } = this.#options.clock;
    const now = this.#now();
    for (let alarm of this.#alarms.values()) {
      const { Period } = alarm.definition;
      const interval = (Math.min(Period, EVALUATION_SECONDS) * 1000) / speed;
      const range = (evaluationRange(alarm.definition) * Period * 1000) / speed;
      const last = Math.max(alarm.evaluated, now - range);
      for (let time = last + interval; time <= now; time += interval) {
        alarm = this.#evaluate(alarm, time);
      }
    }
  }

  #evaluate(alarm: Alarm, time: number): Alarm {
    const evidence = readDatapoints(alarm, time, this.#options);
    const value = judge(alarm.definition, evidence.datapoints);
    if (value !== undefined && value !== alarm.state.value) {
      return this.setState(alarm, explain(alarm.definition, value, evidence), time);
    }
    // In memory only: an evaluation that changed nothing needn't be remembered.
    const evaluated = { ...alarm, evaluated: time };
    this.#alarms.set(keyOf(alarm), evaluated);
    return evaluated;
  }

  #save(alarm: Alarm): Alarm {
    this.#options.disk.write(documentOf(alarm), alarm);
    this.#alarms.set(keyOf(alarm), alarm);
    return alarm;
  }

  #note(region: string, item: HistoryItem): void {
    appendHistory(this.#options.disk, region, item);
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}

function keyOf({ region, definition }: Alarm): string {
  return `${region} ${definition.AlarmName}`;
}

/** Alarm names may be longer than a file name once encoded, so their hash names the document. */
function documentOf({ region, definition }: Alarm): string {
  const digest = createHash('sha256').update(definition.AlarmName).digest('hex');
  return `cloudwatch/alarms/${region}/${digest}`;
}
