import { createHash } from 'node:crypto';
import type { Happening } from '../events/event.ts';
import type { CloudClock, Disk } from '../service.ts';
import { describeChange } from './alarm-event.ts';
import {
  isComposite,
  type Alarm,
  type AlarmDefinition,
  type AlarmState,
  type CompositeAlarm,
  type CompositeDefinition,
  type MetricAlarm,
} from './alarm.ts';
import {
  appendHistory,
  describeConfiguration,
  describeTransition,
  readHistory,
  type HistoryItem,
} from './alarm-history.ts';
import { childrenOf, judgeComposite } from './composite-alarms.ts';
import { readDatapoints } from './datapoints.ts';
import { evaluationRange, explain, judge } from './evaluation.ts';
import type { MetricStore } from './metric-store.ts';

const EVALUATION_SECONDS = 60;

export interface BookOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  readonly metrics: MetricStore;
  /** Gets every change of a state. */
  readonly emit: (happening: Happening) => void;
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
  put(region: string, definition: AlarmDefinition | CompositeDefinition): void {
    const time = this.#now();
    const former = this.get(region, definition.AlarmName);
    const verb = former === undefined ? 'Create' : 'Update';
    const state = {
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
    } as const;
    const fresh = { state, stateUpdated: time, stateTransitioned: time };
    const times = { configured: time, evaluated: time };
    // One of the two kinds, which only the caller knows.
    const alarm = { ...fresh, ...former, region, definition, ...times } as Alarm;
    this.#note(alarm, describeConfiguration(alarm, verb, time));
    this.#save(alarm);
    if (isComposite(alarm)) this.#evaluateComposite(alarm, time);
    else this.#evaluate(alarm, time);
  }

  /** The state holds until an evaluation comes to another result. */
  setState(alarm: Alarm, state: AlarmState, time = this.#now()): Alarm {
    const changed = state.value !== alarm.state.value;
    // History first: an alarm never shows a state that its history doesn't know.
    if (changed) this.#note(alarm, describeTransition(alarm, state, time));
    const stateTransitioned = changed ? time : alarm.stateTransitioned;
    const times = { stateUpdated: time, stateTransitioned, evaluated: time };
    const after = this.#save({ ...alarm, state, ...times });
    if (changed) {
      this.#options.emit(describeChange(alarm, after));
      for (const parent of this.parentsOf(after)) this.#evaluateComposite(parent, time, after);
    }
    return after;
  }

  /** The composite alarms whose rules ask this one. */
  parentsOf({ region, definition }: Alarm): readonly CompositeAlarm[] {
    return this.all(region)
      .filter(isComposite)
      .filter((alarm) => childrenOf(alarm).includes(definition.AlarmName));
  }

  remove(alarm: Alarm): void {
    this.#note(alarm, describeConfiguration(alarm, 'Delete', this.#now()));
    this.#options.disk.remove(documentOf(alarm));
    this.#alarms.delete(keyOf(alarm));
  }

  /**
   * Makes every evaluation that is due: once a minute, or once a period when that is shorter. One that
   * is late still sees what it would have seen in time, so a busy machine misses no alarm. Composite
   * alarms are evaluated when an alarm in their rule changes its state, and at no other time.
   */
  evaluateDue(): void {
    const { speed } = this.#options.clock;
    const now = this.#now();
    for (let alarm of this.#alarms.values()) {
      if (isComposite(alarm)) continue;
      const { Period } = alarm.definition;
      const interval = (Math.min(Period, EVALUATION_SECONDS) * 1000) / speed;
      const range = (evaluationRange(alarm.definition) * Period * 1000) / speed;
      const last = Math.max(alarm.evaluated, now - range);
      for (let time = last + interval; time <= now; time += interval) {
        alarm = this.#evaluate(alarm, time);
      }
    }
  }

  #evaluate(alarm: MetricAlarm, time: number): MetricAlarm {
    const evidence = readDatapoints(alarm, time, this.#options);
    const value = judge(alarm.definition, evidence.datapoints);
    if (value !== undefined && value !== alarm.state.value) {
      return this.setState(alarm, explain(alarm.definition, value, evidence), time) as MetricAlarm;
    }
    // In memory only: an evaluation that changed nothing needn't be remembered.
    const evaluated = { ...alarm, evaluated: time };
    this.#alarms.set(keyOf(alarm), evaluated);
    return evaluated;
  }

  #evaluateComposite(alarm: CompositeAlarm, time: number, trigger?: Alarm): void {
    const state = judgeComposite(alarm, (name) => this.get(alarm.region, name), trigger);
    if (state !== undefined) this.setState(alarm, state, time);
  }

  #save<Kind extends Alarm>(alarm: Kind): Kind {
    this.#options.disk.write(documentOf(alarm), alarm);
    this.#alarms.set(keyOf(alarm), alarm);
    return alarm;
  }

  #note(alarm: Alarm, item: HistoryItem): void {
    appendHistory(this.#options.disk, alarm.region, item);
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
