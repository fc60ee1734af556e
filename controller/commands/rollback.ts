import { applyAll } from '../apply/apply-all.ts';
import { RefusedError, type ExitCode } from '../core/errors.ts';
import { gravestExit, sealPlanSet, type PlanSet } from '../core/plan/plan.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { planRollback } from '../core/plan/rollback.ts';
import { renderOutcomes, renderOutcomesMarkdown } from '../core/report/outcome.ts';
import type { Build } from '../core/state/build.ts';
import type { Context } from '../ports/context.ts';
import { readForRollback } from '../read/for-rollback.ts';
import { readTarget } from '../read/rollback-target.ts';
import type { Arguments, Command } from './command.ts';
import { findRollbackSubject } from './find-rollback-subject.ts';
import { POLICIES_DIRECTORY } from './load-policies.ts';

export const rollback: Command = {
  name: 'rollback',
  summary: 'Break-glass: stable, or an earlier build, serves everyone now',
  help: `headgate rollback <app> <environment> [--to <build>] [--reason <text>]
                [--policies <dir> | --bucket <bucket> --region <region>]

The guard's own path, by hand: the canary gets no more navigations, its build is
quarantined, the environment is held until the policy names another build or
lifts the quarantine. Works when the record can't be read: the live route is
enough. And without a policy, or with one that has an issue or is older than
what is live: the record is enough.

With --to, everyone gets a build that was stable here once, and is still there
with the bytes it had. What was going out is quarantined: the build that was
rolling out, or else the one that was stable.

  --to <build>       the build to go back to (default: stable)
  --reason <text>    goes into the history and the quarantine
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --bucket, --region where the record is, when no policy says so

Exit codes: 5 rolled back, 4 the live state kept moving (run again), 3 nothing
is rolling out or the build can't be gone back to, 2 the policy or the
arguments are wrong.`,
  options: {
    to: { type: 'string' },
    bucket: { type: 'string' },
    region: { type: 'string' },
    reason: { type: 'string', default: 'asked for by hand' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
  },
  allowPositionals: true,
  run: runRollback,
};

async function runRollback(args: Arguments, context: Context): Promise<ExitCode> {
  const { values } = args;
  const subject = await findRollbackSubject(args, context);
  const evidence = [String(values['reason'])];
  const makePlans = async (): Promise<{ set: PlanSet }> => {
    const { facts, problems } = await readForRollback(context, subject);
    for (const problem of problems) context.terminal.note(`note: ${problem}`);
    const to = await findTarget(context, facts, values['to']);
    const checked = to === undefined ? [] : [`${to.build} verified: manifest ${to.digest}`];
    const cause = { reason: 'manual', evidence: [...evidence, ...checked] } as const;
    return { set: sealPlanSet([planRollback(facts, { ...cause, ...(to && { to }) })]) };
  };
  const { set } = await makePlans();
  for (const plan of set.plans) {
    if (plan.direction === 'rollback') continue;
    throw new RefusedError(
      `${subject.app.app}/${subject.environment.name}: ${plan.why}`,
      'To serve an earlier build at once: --to <build>. Any other, name in the policy and reconcile.',
    );
  }
  const outcomes = await applyAll(set, { context, makePlans });
  context.terminal.print(renderOutcomes(outcomes));
  await context.terminal.summary(renderOutcomesMarkdown(outcomes, 'rollback'));
  return gravestExit(outcomes.map(({ exitCode }) => exitCode));
}

async function findTarget(
  context: Context,
  facts: EnvironmentFacts,
  wanted: Arguments['values'][string],
): Promise<Build | undefined> {
  if (typeof wanted !== 'string') return undefined;
  const found = await readTarget(context, facts, wanted);
  if ('target' in found) return found.target;
  const { message, next } = found.refusal;
  throw new RefusedError(message, next);
}
