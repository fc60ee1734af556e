import { EXIT, type ExitCode } from '../core/errors.ts';
import { gravestExit, nameSubject } from '../core/plan/plan.ts';
import { moveTogether } from '../core/plan/together.ts';
import { describeFailures, explainFailures, exitCodeOf } from '../core/report/failure.ts';
import { renderIssues } from '../core/report/issues.ts';
import { hasArrived } from '../core/report/seen.ts';
import { describeStatus, renderStatus, type Status } from '../core/report/status.ts';
import type { Context } from '../ports/context.ts';
import { planEnvironments, type PlannedEnvironment } from '../read/plan-all.ts';
import { readRollbackReady } from '../read/rollback-ready.ts';
import { awaitSeen } from '../read/seen.ts';
import type { Arguments, Command } from './command.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';
import { readDuration } from './read-duration.ts';

export const status: Command = {
  name: 'status',
  summary: 'What is served, since when and why, and what comes next',
  help: `headgate status [--probe] [--wait <duration>] [--policies <dir>] [--json]

For every environment: what is served, since when, by whom, from which commit;
the next step and when; what blocks it; what is written for the edge; where a
rollback would go, and whether it could.

With --probe, what visitors see, too: every host is asked for /_headgate/build.
CloudFront answers from one edge location; others may be behind it or ahead.

  --probe            ask every host; the distribution's own domain where it has
                     no alias for one, as long as there is no certificate
  --wait <duration>  ask until every host has the generation of the record, and
                     say how long that took; at most so long
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             {"environments": [...], "issues": [...], "failures": [...]}

HEADGATE_EDGE_ENDPOINT sends the requests elsewhere, with the hosts they are
meant for: to the edge of \`headgate up\`, or to a proxy.

Exit codes: 0 read, 2 the policy is wrong, 4 --wait was over before every host
had it (run again).`,
  options: {
    probe: { type: 'boolean', default: false },
    wait: { type: 'string' },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  run: runStatus,
};

async function runStatus({ values }: Arguments, context: Context): Promise<ExitCode> {
  const waitSeconds = readDuration('wait', values['wait']);
  const loaded = await loadPolicies(context.files, String(values['policies']));
  const run = await context.surroundings.facts();
  const { done, failures } = await planEnvironments(context, loaded.policies, run);
  const inCompany = moveTogether({ planned: done, guarded: [] }, loaded.policies.together).planned;
  const isProbing = values['probe'] === true || waitSeconds !== undefined;
  const environments = await Promise.all(
    inCompany.map((planned) => look(planned, context, isProbing ? (waitSeconds ?? 0) : undefined)),
  );
  context.terminal.print(
    values['json'] === true
      ? JSON.stringify(
          { environments, issues: loaded.issues, failures: describeFailures(failures) },
          undefined,
          2,
        )
      : environments.map(renderStatus).join('\n\n'),
  );
  if (loaded.issues.length > 0) context.terminal.note(renderIssues(loaded.issues));
  for (const failure of explainFailures(failures)) context.terminal.note(failure);
  return gravestExit([
    ...(loaded.issues.length > 0 ? [EXIT.usage] : []),
    ...failures.map(({ error }) => exitCodeOf(error)),
    ...(waitSeconds === undefined || environments.every(isSeen) ? [] : [EXIT.moved]),
  ]);
}

/** `waitSeconds` undefined: nobody is asked what visitors see. */
async function look(
  { facts, plan }: PlannedEnvironment,
  context: Context,
  waitSeconds: number | undefined,
): Promise<Status> {
  const [rollback, sighting] = await Promise.all([
    facts.adoption.record === undefined ? undefined : readRollbackReady(context, facts),
    waitSeconds === undefined ? undefined : awaitSeen(context, facts, waitSeconds),
  ]);
  const looked = { ...sighting, ...(rollback !== undefined && { rollback }) };
  return { name: nameSubject(plan.subject), ...describeStatus(facts, plan, looked) };
}

function isSeen({ seen = [], generation }: Status): boolean {
  return hasArrived(seen, generation);
}
