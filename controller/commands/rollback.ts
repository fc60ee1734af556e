import { applyPlan } from '../apply/apply.ts';
import { EXIT, RefusedError, type ExitCode } from '../core/errors.ts';
import { planRollback } from '../core/plan/rollback.ts';
import { explainError } from '../core/report/failure.ts';
import { renderOutcomes } from '../core/report/outcome.ts';
import { parseRoute } from '../core/state/route.ts';
import type { Context } from '../ports/context.ts';
import { readForRollback } from '../read/for-rollback.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const rollback: Command = {
  name: 'rollback',
  summary: 'Break-glass: end the rollout now, stable serves everyone',
  help: `headgate rollback <app> <environment> [--reason <text>] [--policies <dir>]

The guard's own path, by hand: the canary gets no more navigations, its build is quarantined, the
environment is held until the policy names another build or lifts the quarantine. Works when the
record can't be read: the live route is enough.

  --reason <text>    goes into the history and the quarantine
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})

Exit codes: 5 rolled back, 3 nothing is rolling out, 2 the policy or the arguments are wrong.`,
  options: {
    reason: { type: 'string', default: 'asked for by hand' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
  },
  run: runRollback,
};

async function runRollback(
  { positionals, values }: Arguments,
  context: Context,
): Promise<ExitCode> {
  const { policies } = await loadPolicies(context.files, String(values['policies']));
  const subject = findSubject(policies, positionals, 'rollback');
  const { facts, problem } = await readForRollback(context, subject);
  if (problem !== undefined) context.terminal.note(`note: the record can't be used: ${problem}`);
  const plan = planRollback(facts, { reason: 'manual', evidence: [String(values['reason'])] });
  if (plan.direction !== 'rollback') {
    throw new RefusedError(
      `${subject.app.app}/${subject.environment.name}: ${plan.why}`,
      'To serve another build, name it in the policy and reconcile.',
    );
  }
  try {
    await applyPlan(plan, context);
  } catch (error) {
    if (!(await isRolledBack(context, subject))) throw error;
    context.terminal.note(
      `note: the edge has rolled back, but the rest could not be written; the next reconcile adopts it.\n${explainError(error)}`,
    );
  }
  context.terminal.print(renderOutcomes([{ plan, status: 'applied', exitCode: EXIT.rolledBack }]));
  return EXIT.rolledBack;
}

async function isRolledBack(
  context: Context,
  { environment, group }: ReturnType<typeof findSubject>,
): Promise<boolean> {
  const { values } = await context.routes.read(group.keyValueStore, environment.hosts);
  return environment.hosts.every((host) => {
    const route = parseRoute(values.get(host));
    return route !== undefined && route.rollback?.gen === route.gen;
  });
}
