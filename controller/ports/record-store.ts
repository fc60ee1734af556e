import type { EnvironmentRecord, HistoryEntry } from '../core/state/record.ts';

/** Records and history of one bucket. */
export interface RecordStore {
  read(
    app: string,
    environment: string,
  ): Promise<{ record: EnvironmentRecord; revision: string } | undefined>;
  /** Compare-and-set: `revision` undefined means it must not exist yet. Throws ConflictError; returns the new revision. */
  write(record: EnvironmentRecord, revision: string | undefined): Promise<string>;
  hasHistory(app: string, environment: string, generation: number): Promise<boolean>;
  /** Create-only: an entry that is already there stays. */
  appendHistory(app: string, environment: string, entry: HistoryEntry): Promise<void>;
  readHistory(app: string, environment: string, limit: number): Promise<readonly HistoryEntry[]>;
}
