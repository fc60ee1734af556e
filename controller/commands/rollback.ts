import { applyAll } from '../apply/apply-all.ts';
import { EXIT, type ExitCode } from '../core/errors.ts';
import { gravestExit } from '../core/plan/plan.ts';
import { renderOutcomes, renderOutcomesMarkdown } from '../core/report/outcome.ts';
import type { Context } from '../ports/context.ts';
import { planByHand, requireRollback, setOf } from '../read/by-hand.ts';
import type { Arguments, Command } from './command.ts';
import { findRollbackSubject } from './find-rollback-subject.ts';
import { POLICIES_DIRECTORY } from './load-policies.ts';
import { readRollbackEvent } from './read-rollback-event.ts';
import { askFastLane } from './rollback/ask-fast-lane.ts';
import { readGitHubRun } from './require-github.ts';

export const rollback: Command = {
  name: 'rollback',
  summary: 'Break-glass: stable, or an earlier build, serves everyone now',
  help: `headgate rollback <app> <environment> [--to <build>] [--reason <text>]
                [--policies <dir> | --bucket <bucket> --region <region>]
                [--via <function>] [--github]
headgate rollback --event [--policies <dir>] [--via <function>] [--github]

The guard's own path, by hand: the canary gets no more navigations, its build is
quarantined, the environment is held until the policy names another build or
lifts the quarantine. Works when the record can't be read: the live route is
enough. And without a policy, or with one that has an issue or is older than
what is live: the record is enough.

Environments that move \`together\` with it (edge.yaml) and are rolling out, too,
go back in the same write; one that can't be read is left to the next run, which
says so. They are known from the record, too.

With --to, everyone gets a build that was stable here once, and is still there
with the bytes it had. What was going out is quarantined: the build that was
rolling out, or else the one that was stable. The build is for the environment
that is named: what rolls out together with it goes back to its own stable
build, and what doesn't roll stays.

With --via the fast lane does it, the function of that name or ARN: whoever asks
needs no other permission than lambda:InvokeFunction on it (policies/roles.md).

  --to <build>       the build to go back to (default: stable)
  --reason <text>    goes into the history and the quarantine
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --bucket, --region where the record is, when no policy says so
  --event            in a workflow: takes app, environment, to and reason from
                     the event (workflow_dispatch or repository_dispatch)
  --via <function>   asks the fast lane, such as headgate-fast-lane
  --github           in a workflow: shows it as a deployment, and opens the
                     revert pull request, once everything is written

Exit codes: 5 rolled back (0 with --event), 4 the live state kept moving (run
again), 3 nothing is rolling out or the build can't be gone back to, 2 the
policy or the arguments are wrong.`,
  options: {
    to: { type: 'string' },
    bucket: { type: 'string' },
    region: { type: 'string' },
    reason: { type: 'string', default: 'asked for by hand' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    event: { type: 'boolean', default: false },
    via: { type: 'string' },
    github: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runRollback,
};

async function runRollback(given: Arguments, context: Context): Promise<ExitCode> {
  const args = given.values['event'] === true ? await readRollbackEvent(given, context) : given;
  const { values } = args;
  if (typeof values['via'] === 'string') return askFastLane(values['via'], args, context);
  const run = await readGitHubRun(context, values);
  const found = await findRollbackSubject(args, context);
  const to = typeof values['to'] === 'string' ? values['to'] : undefined;
  const plan = () => planByHand(context, { ...found, to, reason: String(values['reason']) });
  const makePlans = async () => ({ set: setOf(await plan()) });
  const planned = await plan();
  for (const note of planned.notes) context.terminal.note(`note: ${note}`);
  requireRollback(planned);
  const set = setOf(planned);
  const outcomes = await applyAll(set, { context, makePlans });
  context.terminal.print(renderOutcomes(outcomes));
  await context.terminal.summary(renderOutcomesMarkdown(outcomes, 'rollback'));
  if (run !== undefined) {
    const policies = { directory: String(values['policies']), texts: [] };
    const done = { set, failures: [], environments: [] };
    const subjects = found.policies;
    const { showAfterRun } = await import('../show/after-run.ts');
    await showAfterRun(context, run, { planned: done, outcomes, policies, subjects });
  }
  const exitCode = gravestExit(outcomes.map((outcome) => outcome.exitCode));
  // A workflow that did what a person asked it for is not to look as if it had failed.
  return exitCode === EXIT.rolledBack && values['event'] === true ? EXIT.done : exitCode;
}
