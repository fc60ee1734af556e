import type { Event, HistoryEntry } from '../state/record.ts';
import { describeDuration, secondsBetween } from './duration.ts';
import { nameOthers } from './train.ts';

/** An entry with what the others tell of it. */
export interface HistoryLine extends HistoryEntry {
  /** Until the next entry; for the newest until now. */
  readonly lastedSeconds: number;
  readonly isNewest: boolean;
  /** Of what ended a rollout: how long it took from its start, where that is among the entries. */
  readonly rolloutSeconds?: number;
}

const STARTS: readonly Event[] = ['rollout-started', 'rollout-superseded'];
const ENDS: readonly Event[] = [
  'rollout-superseded',
  'rollout-finished',
  'rollout-aborted',
  'rolled-back',
];

/** `entries`: newest first. */
export function describeHistory(
  entries: readonly HistoryEntry[],
  now: Date,
): readonly HistoryLine[] {
  return entries.map((entry, index) => {
    const next = index === 0 ? now.toISOString() : (entries[index - 1]?.at ?? entry.at);
    const started = findStart(entries, index);
    return {
      ...entry,
      lastedSeconds: secondsBetween(entry.at, next),
      isNewest: index === 0,
      ...(started !== undefined && { rolloutSeconds: secondsBetween(started.at, entry.at) }),
    };
  });
}

/** The start of the rollout that this entry ended. */
function findStart(entries: readonly HistoryEntry[], index: number): HistoryEntry | undefined {
  const entry = entries[index];
  if (entry === undefined || !ENDS.includes(entry.event)) return undefined;
  const before = entries.slice(index + 1);
  // A rollback of what was stable already ends no rollout.
  const last = before.find(({ event }) => STARTS.includes(event) || ENDS.includes(event));
  return last !== undefined && STARTS.includes(last.event) ? last : undefined;
}

export function renderHistory(lines: readonly HistoryLine[]): string {
  return lines.map(renderLine).join('\n') || 'No history: never released.';
}

function renderLine(line: HistoryLine): string {
  const { generation, at, event, by, commit, lastedSeconds, isNewest, rolloutSeconds } = line;
  const from = commit === undefined ? '' : ` at ${commit.slice(0, 10)}`;
  const lasted = `${describeDuration(lastedSeconds)}${isNewest ? ' so far' : ''}`;
  const took =
    rolloutSeconds === undefined
      ? ''
      : `, ${describeDuration(rolloutSeconds)} after the rollout began`;
  return [
    `${generation}  ${at}  ${event}  by ${by}${from}`,
    `    ${line.from} -> ${line.to} (${lasted}${took})`,
    `    ${line.why}`,
    ...(line.with === undefined ? [] : [`    in one write with ${nameOthers(line.with)}`]),
    ...line.evidence.map((text) => `    evidence: ${text}`),
  ].join('\n');
}
