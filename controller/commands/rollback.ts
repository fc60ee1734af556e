import { applyAll } from '../apply/apply-all.ts';
import { RefusedError, type ExitCode } from '../core/errors.ts';
import { gravestExit, sealPlanSet, type PlanSet } from '../core/plan/plan.ts';
import { planRollback } from '../core/plan/rollback.ts';
import { renderOutcomes } from '../core/report/outcome.ts';
import type { Context } from '../ports/context.ts';
import { readForRollback } from '../read/for-rollback.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const rollback: Command = {
  name: 'rollback',
  summary: 'Break-glass: end the rollout now, stable serves everyone',
  help: `headgate rollback <app> <environment> [--reason <text>] [--policies <dir>]

The guard's own path, by hand: the canary gets no more navigations, its build is
quarantined, the environment is held until the policy names another build or
lifts the quarantine. Works when the record can't be read: the live route is
enough.

  --reason <text>    goes into the history and the quarantine
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})

Exit codes: 5 rolled back, 4 the live state kept moving (run again), 3 nothing
is rolling out, 2 the policy or the arguments are wrong.`,
  options: {
    reason: { type: 'string', default: 'asked for by hand' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
  },
  allowPositionals: true,
  run: runRollback,
};

async function runRollback(
  { positionals, values }: Arguments,
  context: Context,
): Promise<ExitCode> {
  const { policies } = await loadPolicies(context.files, String(values['policies']));
  const subject = findSubject(policies, positionals, 'rollback');
  const evidence = [String(values['reason'])];
  const makePlans = async (): Promise<{ set: PlanSet }> => {
    const { facts, problems } = await readForRollback(context, subject);
    for (const problem of problems) context.terminal.note(`note: ${problem}`);
    return { set: sealPlanSet([planRollback(facts, { reason: 'manual', evidence })]) };
  };
  const { set } = await makePlans();
  for (const plan of set.plans) {
    if (plan.direction === 'rollback') continue;
    throw new RefusedError(
      `${subject.app.app}/${subject.environment.name}: ${plan.why}`,
      'To serve another build, name it in the policy and reconcile.',
    );
  }
  const outcomes = await applyAll(set, { context, makePlans });
  context.terminal.print(renderOutcomes(outcomes));
  return gravestExit(outcomes.map(({ exitCode }) => exitCode));
}
