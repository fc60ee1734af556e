export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/** Who runs this and from which commit; for history. */
export interface RunFacts {
  readonly by: string;
  readonly commit: string | undefined;
}

export interface Surroundings {
  facts(): Promise<RunFacts>;
}
