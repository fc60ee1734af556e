import type { GuardPolicy } from '../policy/policy.ts';
import type { AlarmSeen } from '../state/record.ts';

/** What one alarm says now. `missing`: no such alarm; `unreadable`: CloudWatch did not answer. */
export interface AlarmState {
  readonly name: string;
  readonly region: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'missing' | 'unreadable';
  /** When it entered that state. ISO 8601. */
  readonly since: string | undefined;
  readonly reason: string;
}

export interface Observations {
  readonly alarms: readonly AlarmState[];
  /** Entries into ALARM since the rollout began, even of alarms that are OK again. */
  readonly entered: readonly AlarmSeen[];
  /** Why those entries could not be read; undefined when they were. */
  readonly enteredUnreadable: string | undefined;
}

export interface Verdict {
  readonly kind: 'pass' | 'fail' | 'insufficient';
  /** One sentence per piece of evidence. */
  readonly evidence: readonly string[];
}

/** Judges a rollout that began after the alarms were last seen quiet. */
export function judgeRollout(seen: Observations): Verdict {
  const entries = seen.entered.map(
    (alarm) => `${alarm.name} entered ALARM at ${alarm.at}: ${alarm.reason}`,
  );
  const firing = firingAlarms(seen).filter(
    (alarm) =>
      !seen.entered.some((entry) => entry.name === alarm.name && entry.region === alarm.region),
  );
  const evidence = [...entries, ...firing.map(describeFiring)];
  if (evidence.length > 0) return { kind: 'fail', evidence };
  const silent = seen.alarms.filter((alarm) => alarm.state !== 'OK').map(describeSilence);
  if (seen.enteredUnreadable !== undefined) {
    silent.push(`the alarms' history is unreadable: ${seen.enteredUnreadable}`);
  }
  if (silent.length > 0) return { kind: 'insufficient', evidence: silent };
  return { kind: 'pass', evidence: seen.alarms.map((alarm) => `${alarm.name} is OK`) };
}

/**
 * Why a rollout may not start; empty: it may. An alarm that is firing already could not tell the
 * new build from the old one. One without data yet may gather it at the first step.
 */
export function findStartBlocks(
  seen: Observations,
  noData: GuardPolicy['noData'],
): readonly string[] {
  const firing = firingAlarms(seen).map(
    (alarm) =>
      `${describeFiring(alarm)}; it was firing before the rollout began, so it could not guard it`,
  );
  if (noData === 'pass') return firing;
  const blind = seen.alarms.filter(
    (alarm) => alarm.state === 'missing' || alarm.state === 'unreadable',
  );
  return [...firing, ...blind.map(describeSilence)];
}

function firingAlarms(seen: Observations): readonly AlarmState[] {
  return seen.alarms.filter((alarm) => alarm.state === 'ALARM');
}

function describeFiring(alarm: AlarmState): string {
  return `${alarm.name} is in ALARM since ${alarm.since ?? 'an unknown time'}: ${alarm.reason}`;
}

function describeSilence(alarm: AlarmState): string {
  const where = `${alarm.name} (${alarm.region})`;
  switch (alarm.state) {
    case 'missing':
      return `alarm ${where} does not exist`;
    case 'unreadable':
      return `alarm ${where} could not be read: ${alarm.reason}`;
    case 'OK':
    case 'ALARM':
    case 'INSUFFICIENT_DATA':
      return `alarm ${where} has no data: ${alarm.reason}`;
  }
}
