/** What alarms did, as CloudWatch or a file remembers it, and what each said at some time. */
import type { AlarmName } from '../policy/policy.ts';
import type { AlarmState, Observations } from '../rollout/verdict.ts';

type StateName = Exclude<AlarmState['state'], 'missing' | 'unreadable'>;

export interface AlarmTransition extends AlarmName {
  /** ISO 8601. */
  readonly at: string;
  readonly from: StateName;
  readonly to: StateName;
  readonly reason: string;
}

/** All that is known of alarms: enough to replay them without asking anyone. */
export interface AlarmRecord {
  readonly transitions: readonly AlarmTransition[];
  /** As they are now; those that never changed say nothing else. */
  readonly states: readonly AlarmState[];
}

/** What the guard would have seen at that time of a rollout that began at `since`. */
export function observeAt(
  record: AlarmRecord,
  alarms: readonly AlarmName[],
  { at, since }: { readonly at: Date; readonly since: string | undefined },
): Observations {
  const named = record.transitions.filter((one) => alarms.some((alarm) => isSame(alarm, one)));
  const entered = named.filter(
    ({ from, to, at: changed }) =>
      to === 'ALARM' &&
      from !== 'ALARM' &&
      since !== undefined &&
      Date.parse(changed) >= Date.parse(since) &&
      Date.parse(changed) <= at.getTime(),
  );
  return {
    alarms: alarms.map((alarm) => stateAt(record, alarm, at)),
    entered: entered.map(({ name, region, at: changed, reason }) => ({
      name,
      region,
      at: changed,
      reason,
    })),
    enteredUnreadable: undefined,
  };
}

/**
 * The state after the last change until then; before the first one what that came from; of an alarm
 * without changes what it is now.
 */
function stateAt(record: AlarmRecord, alarm: AlarmName, at: Date): AlarmState {
  const own = record.transitions.filter((one) => isSame(alarm, one));
  const present = record.states.find((one) => isSame(alarm, one));
  const { name, region } = alarm;
  const traits = {
    ...(present?.seesCanary && { seesCanary: true as const }),
    ...(present?.countsReports && { countsReports: true as const }),
  };
  const last = own.findLast((one) => Date.parse(one.at) <= at.getTime());
  if (last !== undefined) {
    return { name, region, state: last.to, since: last.at, reason: last.reason, ...traits };
  }
  const [first] = own;
  if (first !== undefined) {
    const reason = 'as it was before the record begins';
    return { name, region, state: first.from, since: undefined, reason, ...traits };
  }
  return present ?? { ...alarm, state: 'missing', since: undefined, reason: 'not in the record' };
}

/** When the next of these alarms changes, in milliseconds since the epoch. */
export function nextChange(
  { transitions }: AlarmRecord,
  alarms: readonly AlarmName[],
  after: number,
): number {
  const times = transitions
    .filter((one) => alarms.some((alarm) => isSame(alarm, one)))
    .map(({ at }) => Date.parse(at))
    .filter((time) => time > after);
  return Math.min(...times);
}

function isSame(one: AlarmName, other: AlarmName): boolean {
  return one.name === other.name && one.region === other.region;
}
