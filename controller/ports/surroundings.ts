import type { GitHubRun } from '../core/github/run.ts';
import type { Made } from '../core/state/manifest.ts';

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

/** What a build is made from, and by which version of what. */
export type Source = Pick<Made, 'commit' | 'ref' | 'run' | 'tool'>;

export interface Surroundings {
  facts(): Promise<RunFacts>;
  /** As far as GitHub or git say; for the manifest of a build. */
  source(): Promise<Source>;
  /** When the commit that is checked out was made, ISO 8601; undefined: this is in no git. */
  committedAt(): Promise<string | undefined>;
  /** The run of GitHub Actions, or who else may show things on GitHub; undefined: nobody here may. */
  github(): Promise<GitHubRun | undefined>;
}
