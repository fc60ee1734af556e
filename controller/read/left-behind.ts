import type { LeftBehind } from '../core/plan/associate-plan.ts';
import type { Subject } from '../core/plan/plan.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import type { Context } from '../ports/context.ts';
import { attemptEach } from './attempt-each.ts';
import type { PlannedEnvironment } from './plan-all.ts';

interface Members {
  /** Environments whose facts could not be read. */
  readonly unread: readonly EnvironmentSubject[];
  readonly planned: readonly PlannedEnvironment[];
  readonly name: (subject: EnvironmentSubject) => Subject;
}

/** Environments whose own plans put no version of a Lambda@Edge function on their behaviours. */
export async function readLeftBehind(
  context: Context,
  { unread, planned, name }: Members,
): Promise<readonly (LeftBehind & Pick<EnvironmentSubject, 'group'>)[]> {
  const returning = planned.filter(({ plan }) => plan.direction === 'rollback');
  // Their own failure has been told. What can't be read of them either is left to the next run.
  const { done } = await attemptEach(
    unread.filter(({ group }) => group.runtime === 'lambda-edge'),
    name,
    async (subject) => {
      const { distribution } = subject.environment.edge;
      return { ...subject, distribution: await context.distributions.read(distribution) };
    },
  );
  return [...returning.map(({ facts }) => facts), ...done];
}
