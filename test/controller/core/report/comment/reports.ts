import { addReviews } from '../../../../../controller/core/plan/review.ts';
import type { PlanReport } from '../../../../../controller/core/report/comment/comment.ts';
import type { Context } from '../../../../../controller/ports/context.ts';
import { type AppWorld, Fleet } from '../../../../fakes/world.ts';

export const ABOUT = {
  commit: '0123456789abcdef0123456789abcdef01234567',
  base: 'main',
  runUrl: 'https://github.example/acme/control/actions/runs/77',
  runId: 77,
};

/** A released fleet: `names`, or `app-001` and so on. */
export function fleetOf(names: number | readonly string[]): Promise<Fleet> {
  if (typeof names !== 'number') return new Fleet(names).release();
  const numbered = Array.from(
    { length: names },
    (_, at) => `app-${String(at + 1).padStart(3, '0')}`,
  );
  return new Fleet(numbered).release();
}

/** What `headgate plan` would show of it. */
export async function report(
  fleet: Fleet,
  { context, ...rest }: Partial<PlanReport> & { readonly context?: Partial<Context> } = {},
): Promise<PlanReport> {
  const { set, failures, environments } = await fleet.plan({
    ...(context && { context }),
    isComplete: (rest.issues ?? []).length === 0,
  });
  return { set: addReviews(set, environments), failures, issues: [], about: ABOUT, ...rest };
}

/** The policy names a build, with what else it says. */
export function ask(
  world: AppWorld,
  build: string,
  changes: Parameters<AppWorld['policyOf']>[1] = {},
) {
  world.policy = world.policyOf(build, changes);
}
