import type { GitHubRun } from '../core/github/run.ts';

export interface Clock {
  now(): Date;
  /** Shorter when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Who runs this and from which commit; for history. */
export interface RunFacts {
  readonly by: string;
  readonly commit: string | undefined;
}

export interface Surroundings {
  facts(): Promise<RunFacts>;
  /** When the commit that is checked out was made, ISO 8601; undefined: this is in no git. */
  committedAt(): Promise<string | undefined>;
  /** The run of GitHub Actions, or who else may show things on GitHub; undefined: nobody here may. */
  github(): Promise<GitHubRun | undefined>;
}
