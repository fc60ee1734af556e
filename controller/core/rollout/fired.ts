/** The sentences of evidence that name an alarm, written and read in one place. */
import type { AlarmSeen } from '../state/record.ts';

export type AlarmEntry = Pick<AlarmSeen, 'name' | 'at'>;

export function sayEntered({ name, at, reason }: Omit<AlarmSeen, 'region'>): string {
  return `${name} entered ALARM at ${at}: ${reason}`;
}

export function saySince(
  { name, reason }: Pick<AlarmSeen, 'name' | 'reason'>,
  since?: string,
): string {
  return `${name} is in ALARM since ${since ?? 'an unknown time'}: ${reason}`;
}

/**
 * undefined: it is another kind of evidence.
 *
 * Worked example: "shop-prod-errors entered ALARM at 2026-03-01T00:01:00Z: 7 of 10" is that alarm's.
 */
export function readFired(evidence: string): AlarmEntry | undefined {
  const [, name, at] =
    /^(.+?) (?:entered ALARM at|is in ALARM since) (\d{4}-\d\d-\d\dT[\d:.]+Z):/.exec(evidence) ??
    [];
  return name === undefined || at === undefined ? undefined : { name, at };
}
