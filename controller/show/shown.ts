/** What GitHub is shown after a run: the present state, with what the run planned and did. */
import type { GitHubRun } from '../core/github/run.ts';
import type { Start } from '../core/github/start.ts';
import type { Plan, PlanSet } from '../core/plan/plan.ts';
import type { PolicyText } from '../core/policy/source.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Outcome } from '../core/report/outcome.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';

export interface ShownEnvironment {
  readonly subject: EnvironmentSubject;
  /** As it is now, read again after all writes: another run may have been here. */
  readonly stored: { readonly record: EnvironmentRecord; readonly revision: string };
  /** Of this run; undefined: it made none, because the environment could not be read. */
  readonly plan: Plan | undefined;
  /** What keeps the policy's build from its start, as this run saw it. Absent: it didn't look, or by old policies. */
  readonly start?: Start;
}

export interface ShownRun {
  readonly run: GitHubRun;
  /** Those that GitHub may not show yet, and nothing else: mostly none. */
  readonly environments: readonly ShownEnvironment[];
  readonly outcomes: readonly Outcome[];
  readonly plans: PlanSet;
  readonly policies: {
    /** From the root of the repository. */
    readonly directory: string;
    /** As checked out; empty: this run went by none. */
    readonly texts: readonly PolicyText[];
  };
}
