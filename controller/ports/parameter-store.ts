export interface Parameter {
  readonly value: string;
  /** Grows by one with every write. */
  readonly version: number;
  /** Absent: String. SSM never changes the type of a parameter, and only that one can be written here. */
  readonly type?: string;
}

/** SSM parameters of one region. There is no conditional write: callers compare versions. */
export interface ParameterStore {
  read(names: readonly string[]): Promise<ReadonlyMap<string, Parameter>>;
  /** Returns the new version. */
  write(name: string, value: string): Promise<number>;
}
