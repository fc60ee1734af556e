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
  /** It looks at what the canary did, not at all visitors together. */
  readonly seesCanary?: true;
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
  /** Those of `insufficient` that more data would not end: `noData` doesn't speak of them. */
  readonly unsettled?: readonly string[];
}

/** What judging needs of the policy. */
export type Rules = Pick<GuardPolicy, 'needed' | 'coolDownSeconds'>;

/**
 * Judges a rollout that began after the alarms were last seen quiet.
 *
 * Worked example, two needed of three: one was in ALARM and is OK again, one has no data. The silent
 * one may be the second, so the evidence is insufficient; with data and OK, it passes.
 */
export function judgeRollout(seen: Observations, rules: Rules, now: Date): Verdict {
  const entries = seen.entered.map(
    (alarm) => `${alarm.name} entered ALARM at ${alarm.at}: ${alarm.reason}`,
  );
  const firing = firingAlarms(seen);
  const onlyFiring = firing.filter((alarm) => !seen.entered.some((entry) => isSame(entry, alarm)));
  const fired = [...entries, ...onlyFiring.map(describeFiring)];
  const count = new Set([...seen.entered, ...firing].map(nameOf)).size;
  if (count >= rules.needed) return { kind: 'fail', evidence: fired };
  const few = count === 0 ? [] : [...fired, `${count} of the ${rules.needed} alarms needed`];
  const unsettled = [...firing.map(describeFiring), ...describeCooling(seen, rules, now)];
  const blind = findSilence(seen, rules.needed - count);
  const waits = [...unsettled, ...blind];
  if (waits.length > 0) {
    return { kind: 'insufficient', evidence: waits, ...(unsettled.length > 0 && { unsettled }) };
  }
  return { kind: 'pass', evidence: [...few, ...describeQuiet(seen)] };
}

/** Silence matters where it could hide the alarms that a failure still lacks. */
function findSilence(seen: Observations, lacking: number): readonly string[] {
  const silent = seen.alarms.filter(({ state }) => state !== 'OK' && state !== 'ALARM');
  const hidden = silent.length >= lacking ? silent.map(describeSilence) : [];
  return seen.enteredUnreadable === undefined
    ? hidden
    : [...hidden, `the alarms' history is unreadable: ${seen.enteredUnreadable}`];
}

function describeQuiet(seen: Observations): readonly string[] {
  return seen.alarms.map((alarm) =>
    alarm.state === 'OK' ? `${alarm.name} is OK` : describeSilence(alarm),
  );
}

/**
 * Why a rollout may not start; empty: it may. An alarm that is firing already could not tell the
 * new build from the old one; one that flaps would blame the next build for the last one's failure.
 * One without data yet may gather it at the first step.
 */
export function findStartBlocks(
  seen: Observations,
  guard: Rules & Pick<GuardPolicy, 'noData'>,
  now: Date,
): readonly string[] {
  const firing = firingAlarms(seen).map(
    (alarm) =>
      `${describeFiring(alarm)}; it was firing before the rollout began, so it could not guard it`,
  );
  const moving = [...firing, ...describeCooling(seen, guard, now)];
  if (guard.noData === 'pass') return moving;
  const blind = seen.alarms.filter(
    (alarm) => alarm.state === 'missing' || alarm.state === 'unreadable',
  );
  return [...moving, ...blind.map(describeSilence)];
}

/** OK, but not for long enough to be believed. */
function describeCooling(
  seen: Observations,
  { coolDownSeconds }: Rules,
  now: Date,
): readonly string[] {
  return seen.alarms.flatMap(({ name, state, since }) => {
    if (state !== 'OK' || since === undefined) return [];
    const until = Date.parse(since) + coolDownSeconds * 1000;
    if (now.getTime() >= until) return [];
    return [`${name} is OK since ${since} only; it cools down until ${toIso(until)}`];
  });
}

function toIso(time: number): string {
  return new Date(time).toISOString();
}

function firingAlarms(seen: Observations): readonly AlarmState[] {
  return seen.alarms.filter((alarm) => alarm.state === 'ALARM');
}

type Named = Pick<AlarmState, 'name' | 'region'>;

function nameOf({ name, region }: Named): string {
  return `${region} ${name}`;
}

function isSame(one: Named, other: Named): boolean {
  return nameOf(one) === nameOf(other);
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
