/** What a record that was made anew from the route can learn from the history, which lies in objects of its own. */
import { LOST } from './quarantine.ts';
import type { EnvironmentRecord, HistoryEntry, Quarantine } from './record.ts';

/** Reasons of rollbacks, and what the live generation was. */
export function recall(
  record: EnvironmentRecord,
  history: readonly HistoryEntry[],
): EnvironmentRecord {
  // A pause has the generation that it came upon.
  const entries = history
    .filter(({ event }) => event !== 'paused' && event !== 'resumed')
    .toSorted((a, b) => b.generation - a.generation);
  const last = entries.find(({ generation }) => generation === record.generation);
  return {
    ...record,
    quarantine: record.quarantine.map((entry) => recallReason(entry, entries)),
    ...(last && { last }),
  };
}

/** The same with the history unreadable, which stops nothing. */
export function withoutHistory(record: EnvironmentRecord, why: string): EnvironmentRecord {
  const explain = (entry: Quarantine) => ({
    ...entry,
    reason: entry.reason.replace(LOST, `not known: the history can't be read (${why})`),
  });
  return { ...record, quarantine: record.quarantine.map(explain) };
}

/** Of builds that were barred before the last rollback the route has the number alone: their last one counts. */
function recallReason(entry: Quarantine, newestFirst: readonly HistoryEntry[]): Quarantine {
  const told = newestFirst.find(({ event, build, generation }) => {
    const isIts = event === 'rolled-back' && build === entry.build.build;
    return isIts && generation <= entry.rollback;
  });
  const reason = told?.evidence.join('; ');
  return reason === undefined || reason === '' ? entry : { ...entry, reason };
}
