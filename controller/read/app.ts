import { planApp } from '../core/plan/app.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { PolicyCopy } from '../core/policy/policy-copy.ts';
import type { AppPolicy } from '../core/policy/policy.ts';
import type { Context } from '../ports/context.ts';

/** Reads and plans what belongs to an app as a whole. */
export async function planWholeApp(
  context: Context,
  app: AppPolicy,
  copies: readonly PolicyCopy[],
): Promise<Plan> {
  const copy = copies.find((one) => one.app === app.app);
  const [settings, stored] = await Promise.all([
    context.builds(app).readSettings(app.app),
    copy && context.policyCopies(app).read(app.app),
  ]);
  return planApp({ app, settings, stored, copy });
}
