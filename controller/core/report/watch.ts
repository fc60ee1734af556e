/** What a watch tells while nothing is written. */
import type { AlarmState } from '../rollout/verdict.ts';
import { describeDuration } from './duration.ts';

/** One environment as the watch sees it. */
export interface WatchedView {
  readonly name: string;
  /** What it waits for. */
  readonly why: string;
  /** When time alone will move it on. ISO 8601. */
  readonly until: string | undefined;
  readonly alarms: readonly AlarmState[];
}

/** `2 alarms OK`, `shop-prod-errors is in ALARM`; nothing without alarms. */
function describeAlarms(alarms: readonly AlarmState[]): string {
  if (alarms.length === 0) return '';
  const loud = alarms.filter(({ state }) => state !== 'OK');
  if (loud.length === 0) return `${alarms.length} alarm(s) OK`;
  return loud.map(({ name, state }) => `${name} is ${WORDS[state]}`).join(', ');
}

const WORDS = {
  OK: 'OK',
  ALARM: 'in ALARM',
  INSUFFICIENT_DATA: 'without data',
  missing: 'missing',
  unreadable: 'unreadable',
} as const satisfies Record<AlarmState['state'], string>;

/** A whole line, for logs. */
export function renderWatched({ name, why, alarms }: WatchedView): string {
  return [`${name}  watched: ${why}`, describeAlarms(alarms)].filter((part) => part).join(' ');
}

/** The start of a line that is written again and again, for a terminal. */
export function renderCountdown(views: readonly WatchedView[], now: Date): string {
  return views
    .map(({ name, why, until, alarms }) => {
      const left = until === undefined ? undefined : (Date.parse(until) - now.getTime()) / 1000;
      const next = left === undefined ? why : `next in ${describeDuration(left)}`;
      return [name, next, describeAlarms(alarms)].filter((part) => part).join(', ');
    })
    .join(' | ');
}
