/** SIGTERM and SIGINT: how CI and people ask a process to end. */
export interface Signals {
  /** From now on the first one doesn't end the process but aborts the signal; a second one ends it. */
  listen(): Listening;
}

export interface Listening {
  readonly signal: AbortSignal;
  /** From now on they end the process again. */
  release(): void;
}
