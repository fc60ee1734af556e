import { planApp } from '../core/plan/app.ts';
import type { Plan } from '../core/plan/plan.ts';
import { checkInForce } from '../core/policy/in-force.ts';
import type { PolicyCopy } from '../core/policy/policy-copy.ts';
import type { AppPolicy } from '../core/policy/policy.ts';
import type { Context } from '../ports/context.ts';

interface Given {
  readonly copies: readonly PolicyCopy[];
  /** Visitors will move by it: throws an OldPoliciesError when newer policies are in force. */
  readonly isCarriedOut: boolean;
}

/** Reads and plans what belongs to an app as a whole. */
export async function planWholeApp(
  context: Context,
  app: AppPolicy,
  { copies, isCarriedOut }: Given,
): Promise<Plan> {
  const copy = copies.find((one) => one.app === app.app);
  const [settings, stored] = await Promise.all([
    context.builds(app).readSettings(app.app),
    copy && context.policyCopies(app).read(app.app),
  ]);
  if (isCarriedOut && copy !== undefined && stored !== undefined) {
    checkInForce(stored.copy, copy, app.bucket);
  }
  return planApp({ app, settings, stored, copy });
}
