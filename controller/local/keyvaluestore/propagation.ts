/**
 * What readers at the edge see of something that is written here: every write becomes visible
 * some time later, as a whole. Versions are kept with the time of their write, oldest first.
 */
export interface Version<T> {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: T;
}

/** The version that readers see when they see all writes up to `horizon`; undefined: none yet. */
export function visibleVersion<T>(
  history: readonly Version<T>[],
  horizon: number,
): Version<T> | undefined {
  return history.findLast(({ at }) => at <= horizon);
}

/** Adds the newest version and drops those that nobody can see any more. */
export function addVersion<T>(
  history: readonly Version<T>[],
  added: Version<T>,
  horizon: number,
): readonly Version<T>[] {
  const visible = history.findLastIndex(({ at }) => at <= horizon);
  return [...history.slice(Math.max(visible, 0)), added];
}
