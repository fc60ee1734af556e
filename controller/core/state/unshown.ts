/** What GitHub may not show yet: a mark in the record, so that a run that crashed, or one that GitHub didn't answer, loses nothing. */
import type { EnvironmentRecord } from './record.ts';

/** Of every record that makes a generation, with GitHub or without: who talks to it later finds what is open. */
export const UNSHOWN = { unshown: true } as const;

/** The record once all of it is shown. */
export function withShown({ unshown: _unshown, ...record }: EnvironmentRecord): EnvironmentRecord {
  return record;
}
