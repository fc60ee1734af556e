import { weekMinute } from '../policy/freeze.ts';
import type { FreezePolicy } from '../policy/policy.ts';

/** The window that is open, and when the environment is out of all of them. */
export interface Freeze {
  readonly window: FreezePolicy;
  /** ISO 8601; undefined: one follows the other for as long as anyone looks. */
  readonly until: string | undefined;
}

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60;
/** Windows that end where the next one opens; more than anyone writes. */
const CHAIN_LIMIT = 100;

/** undefined: no window is open. */
export function findFreeze(windows: readonly FreezePolicy[], now: Date): Freeze | undefined {
  const window = windows.find((one) => endOf(one, now) !== undefined);
  if (window === undefined) return undefined;
  let at = now;
  for (let link = 0; link < CHAIN_LIMIT; link++) {
    const ends = windows.flatMap((one) => endOf(one, at)?.getTime() ?? []);
    if (ends.length === 0) return { window, until: at.toISOString() };
    at = new Date(Math.max(...ends));
  }
  return { window, until: undefined };
}

export function describeWindow(window: FreezePolicy): string {
  const span =
    'weekly' in window
      ? `every week ${window.weekly.text}, ${window.zone}`
      : `${window.from} to ${window.to}`;
  return `${window.reason} (${span})`;
}

/** When the window that is open at that time ends; undefined: it isn't open. */
function endOf(window: FreezePolicy, now: Date): Date | undefined {
  if ('weekly' in window) return endOfWeekly(window, now);
  const isOpen = Date.parse(window.from) <= now.getTime() && now.getTime() < Date.parse(window.to);
  return isOpen ? new Date(window.to) : undefined;
}

/**
 * By the clock on the wall. Worked example: Fri 16:00 - Mon 08:00 in Berlin, on Saturday 2026-10-24
 * at 10:00+02:00: 46 hours of that clock are left, but 47 of ours, as it is turned back that night.
 */
function endOfWeekly(
  { weekly, zone }: Extract<FreezePolicy, { readonly weekly: unknown }>,
  now: Date,
): Date | undefined {
  const wall = readWall(zone, now);
  const sinceOpened = (wall.minute - weekly.from + WEEK) % WEEK;
  if (sinceOpened >= (weekly.to - weekly.from + WEEK) % WEEK) return undefined;
  const left = ((weekly.to - wall.minute + WEEK) % WEEK) * MINUTE;
  const end = wall.time - (wall.time % MINUTE) + left;
  // The offset at the end isn't that of now. Twice, because the first guess may be before a change.
  const guess = end - offsetAt(zone, end - (wall.time - now.getTime()));
  const until = end - offsetAt(zone, guess);
  // In the hour that a clock is turned back over, its end may seem past: a minute later it is asked again.
  return new Date(until > now.getTime() ? until : now.getTime() + MINUTE);
}

/** Minute of the week, and the clock's time as if it were UTC. */
function readWall(zone: string, at: Date): { readonly minute: number; readonly time: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const minute = weekMinute(parts.get('weekday') ?? '', part('hour'), part('minute'));
  const day = [part('year'), part('month') - 1, part('day')] as const;
  return { minute, time: Date.UTC(...day, part('hour'), part('minute'), part('second')) };
}

/** Milliseconds that the zone is ahead of UTC. */
function offsetAt(zone: string, time: number): number {
  const second = time - (time % 1000);
  return readWall(zone, new Date(second)).time - second;
}
