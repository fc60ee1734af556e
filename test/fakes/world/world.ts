import { applyAll } from '../../../controller/apply/apply-all.ts';
import { planEnvironment } from '../../../controller/core/plan/environment.ts';
import { sealPlanSet, type Plan } from '../../../controller/core/plan/plan.ts';
import type { Outcome } from '../../../controller/core/report/outcome.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { createPorts, type WriteHook } from './ports.ts';
import { WorldState } from './state.ts';

/** What a run of the controller does to it. */
export class World extends WorldState {
  async plan(hook?: WriteHook): Promise<Plan> {
    const { app } = this;
    const subject = { app, environment: this.policy, group: this.group };
    const facts = await readEnvironment(this.context(hook), subject, {
      by: 'tester',
      commit: 'abc',
    });
    return planEnvironment(facts);
  }

  async reconcile(hook?: WriteHook): Promise<Outcome> {
    const makePlans = async () => ({ set: sealPlanSet([await this.plan(hook)]) });
    const { set } = await makePlans();
    const [outcome] = await applyAll(set, { context: this.context(hook), makePlans });
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  }

  /** Every outside thing as a port; each write passes the hook before and after it takes effect. */
  context(hook?: WriteHook): Context {
    return createPorts(this, hook);
  }
}
