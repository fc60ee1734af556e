import type { GuardPolicy } from '../policy/policy.ts';
import type { AlarmSeen } from '../state/record.ts';
import type { Block } from './blocked.ts';
import { sayEntered, saySince } from './fired.ts';
import type { SmokeSeen } from './smoke.ts';
import type { VisitorEvidence } from './visitors/evidence.ts';

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
  /** It counts what browsers report, which anybody can forge. */
  readonly countsReports?: true;
}

export interface Observations {
  readonly alarms: readonly AlarmState[];
  /** Entries into ALARM since the rollout began, even of alarms that are OK again. */
  readonly entered: readonly AlarmSeen[];
  /** Why those entries could not be read; undefined when they were. */
  readonly enteredUnreadable: string | undefined;
  /** What the canary answered to the smoke checks. Absent: nobody asked. */
  readonly smoke?: SmokeSeen;
  /** What its visitors met. Absent: nobody asked, as an alarm's word is enough or nobody else has the canary. */
  readonly visitors?: VisitorEvidence;
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
  const firing = firingAlarms(seen);
  const fired = describeEntries(seen);
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

/** Alarms that were in ALARM since the rollout began, whatever they are now. */
function describeEntries(seen: Pick<Observations, 'alarms' | 'entered'>): readonly string[] {
  const entries = seen.entered.map(sayEntered);
  const only = firingAlarms(seen).filter(
    (alarm) => !seen.entered.some((entry) => isSame(entry, alarm)),
  );
  return [...entries, ...only.map(describeFiring)];
}

/** The same of those that know more than what browsers report: a second signal beside the reports. */
export function describeFired({ alarms, entered }: Observations): readonly string[] {
  const forgeable = alarms.filter(({ countsReports }) => countsReports === true);
  const counts = (one: Named) => !forgeable.some((alarm) => isSame(alarm, one));
  return describeEntries({ alarms: alarms.filter(counts), entered: entered.filter(counts) });
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
): readonly Block[] {
  const firing = firingAlarms(seen).map((alarm): Block => ({
    kind: 'alarm',
    why: `${describeFiring(alarm)}; it was firing before the rollout began, so it could not guard it`,
    wayOut:
      'Mend what it watches, go back with `headgate rollback --to`, or take it out of `guard.alarms`.',
    ...(alarm.since !== undefined && { since: alarm.since }),
  }));
  const moving = [...firing, ...findCooling(seen, guard, now)];
  if (guard.noData === 'pass') return moving;
  const blind = seen.alarms.flatMap((alarm): readonly Block[] => {
    const { state } = alarm;
    if (state !== 'missing' && state !== 'unreadable') return [];
    const wayOut =
      state === 'missing'
        ? 'Make that alarm, or correct its name and region.'
        : 'Allow cloudwatch:DescribeAlarms, if that is it, or say `guard.noData: pass`.';
    const why = describeSilence(alarm);
    return [{ kind: 'alarm', why, wayOut, ...(state === 'missing' && { since: 'ever' }) }];
  });
  return [...moving, ...blind];
}

function describeCooling(seen: Observations, rules: Rules, now: Date): readonly string[] {
  return findCooling(seen, rules, now).map(({ why }) => why);
}

/** OK, but not for long enough to be believed. */
function findCooling(seen: Observations, { coolDownSeconds }: Rules, now: Date): readonly Block[] {
  return seen.alarms.flatMap(({ name, state, since }) => {
    if (state !== 'OK' || since === undefined) return [];
    const until = Date.parse(since) + coolDownSeconds * 1000;
    if (now.getTime() >= until) return [];
    const why = `${name} is OK since ${since} only; it cools down until ${toIso(until)}`;
    return [{ kind: 'alarm', why, wayOut: 'Or shorten `guard.coolDown`.', until: toIso(until) }];
  });
}

function toIso(time: number): string {
  return new Date(time).toISOString();
}

function firingAlarms(seen: Pick<Observations, 'alarms'>): readonly AlarmState[] {
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
  return saySince(alarm, alarm.since);
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
