import type { PlanSet } from '../core/plan/plan.ts';
import type { Failure } from '../core/report/failure.ts';
import type { Context } from '../ports/context.ts';

/** What carrying out plans may ask of the run that it is part of. */
export interface Around {
  readonly context: Context;
  /** Reads everything again. */
  readonly makePlans: () => Promise<{ readonly set: PlanSet }>;
  /** What could not be planned at all. */
  readonly failures?: readonly Failure[];
  /** Aborted: what is under way is finished, and nothing but rollbacks is begun any more. */
  readonly signal?: AbortSignal;
}
