/** Which events `notify` still has to be told of: a mark in the record, so that a run that crashed loses none. */
import type { NotifyPolicy } from '../policy/guard-policy.ts';
import { TRANSITIONS } from '../rollout/transitions.ts';
import type { EnvironmentRecord, Event, HistoryEntry } from './record.ts';

type Mark = Pick<EnvironmentRecord, 'untold'>;

export function isTold(event: Event): boolean {
  return TRANSITIONS[event].isTold === true;
}

/** The mark of the record that this entry is written with. Whoever adds `notify` isn't told of the past. */
export function markUntold(
  before: Mark | undefined,
  { event, generation }: Pick<HistoryEntry, 'event' | 'generation'>,
  notify: NotifyPolicy | undefined,
): Mark {
  if (notify === undefined) return {};
  const untold = before?.untold ?? (isTold(event) ? generation : undefined);
  return untold === undefined ? {} : { untold };
}

/** The record with what another one knows to be untold: telling twice is better than never. */
export function keepUntold(record: EnvironmentRecord, other: Mark): EnvironmentRecord {
  const marks = [record.untold, other.untold].filter((mark) => mark !== undefined);
  return marks.length === 0 ? record : { ...record, untold: Math.min(...marks) };
}

/** The record once all up to `told` has been told; later ones may have come meanwhile. */
export function withTold(
  { untold, ...record }: EnvironmentRecord,
  told: number,
): EnvironmentRecord {
  if (untold === undefined || told >= record.generation) return record;
  return { ...record, untold: Math.max(untold, told + 1) };
}
