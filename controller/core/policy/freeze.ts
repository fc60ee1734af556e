import type { FreezePolicy } from './policy.ts';
import type { WrittenEnvironment } from './schema.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A rule has seen to it that it is one of the two kinds. */
export function completeFreeze({
  from = '',
  to = '',
  weekly,
  zone = '',
  reason,
}: WrittenEnvironment['freeze'][number]): FreezePolicy {
  if (weekly === undefined) return { from, to, reason };
  const [opens = '', ends = ''] = weekly.split(' - ');
  const week = { from: parseWeekMinute(opens), to: parseWeekMinute(ends), text: weekly };
  return { weekly: week, zone, reason };
}

/** `Tue 01:30` is 1530. */
function parseWeekMinute(written: string): number {
  const [day = '', time = ''] = written.split(' ');
  const [hours, minutes] = time.split(':').map(Number);
  return weekMinute(day, Number(hours), Number(minutes));
}

/** `day` as in `Mon`. */
export function weekMinute(day: string, hours: number, minutes: number): number {
  return (DAYS.indexOf(day) * 24 + hours) * 60 + minutes;
}
