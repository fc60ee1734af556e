/** The KeyValueStore of an edge group, by name. */
export interface RouteStore {
  /** Reads the store's revision first, then the keys: a write fenced by this revision can't miss a change. */
  read(
    store: string,
    keys: readonly string[],
  ): Promise<{ revision: string; values: ReadonlyMap<string, string>; arn: string }>;
  /** Where a store was: spares the question, and is asked again if it is there no longer. */
  remember(store: string, arn: string): void;
  /** All or nothing, refused with `conflict` when the store's revision moved. */
  write(
    store: string,
    revision: string,
    change: { readonly put: ReadonlyMap<string, string>; readonly remove: readonly string[] },
  ): Promise<'written' | 'conflict'>;
}
