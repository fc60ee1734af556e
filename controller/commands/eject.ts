import { awaitDeployed, eject as applyEject } from '../apply/eject.ts';
import { applyPlan } from '../apply/apply.ts';
import { findLeft } from '../core/eject/left.ts';
import { findOurs, planEject, type EjectFacts, type EjectPlan } from '../core/eject/plan.ts';
import { renderEject, renderEjected } from '../core/eject/report.ts';
import { ConflictError, EXIT, RefusedError, UsageError, type ExitCode } from '../core/errors.ts';
import { planAdoption } from '../core/plan/adoption.ts';
import type { EnvironmentFacts } from '../core/plan/facts.ts';
import { storeOf, type Policies } from '../core/policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../core/policy/subjects.ts';
import { nameBuild } from '../core/state/build.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';
import { readForEjection } from '../read/for-ejection.ts';
import type { Arguments, Command } from './command.ts';
import { findSubject } from './find-subject.ts';
import { loadPolicies, POLICIES_DIRECTORY } from './load-policies.ts';

export const eject: Command = {
  name: 'eject',
  summary: 'Leave: a distribution that serves the stable build without Headgate',
  help: `headgate eject <app> <environment> [--apply] [--plain] [--drop-before]
               [--policies <dir>] [--json]

Without --apply it says what it would do. With it:

  1. pauses the environment, so that no run puts Headgate's functions back
  2. publishes a small function of its own, <app>_<environment>_ejected, that
     serves the stable build and reads nothing, and tests it at CloudFront
  3. takes Headgate's functions off the distribution and puts that one there,
     in one change; until it has spread, both serve the same
  4. waits until it is deployed, and says what may be deleted

Nobody gets another build, what is cached stays, missing files stay 404, and
nothing is deleted. Interrupted: run it again. It is refused while a build rolls
out or bakes, and where the distribution isn't as the policy says.

  --plain            no function: the build's folder becomes the origin path,
                     index.html the default root object. What is cached is
                     forgotten first. Deep links of an app answer 404 then
  --drop-before      goes without the team's own code of the group (\`before\`)
  --policies <dir>   directory of the policy files (default: ${POLICIES_DIRECTORY})
  --json             the plan as JSON

Exit codes: 0 done or planned, 2 the policy or the arguments are wrong, 3 it
would be unsafe, 4 another run moved it (run again).`,
  options: {
    apply: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    'drop-before': { type: 'boolean', default: false },
    policies: { type: 'string', default: POLICIES_DIRECTORY },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  run: runEject,
};

async function runEject({ positionals, values }: Arguments, context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const directory = String(values['policies']);
  const { policies, issues } = await loadPolicies(context.files, directory);
  if (issues.length > 0) {
    throw new UsageError(
      'The policies have issues, so not all that must be kept together is known.',
      `headgate validate --policies ${directory}`,
    );
  }
  const subject = findSubject(policies, positionals, 'eject');
  const facts = await readAdopted(subject, values, context);
  const plan = planEject(facts);
  if (!('patterns' in plan)) {
    const [first] = plan;
    throw new RefusedError(
      `${plan.map(({ message }) => message).join('; ')}.`,
      first?.next ?? 'headgate status',
    );
  }
  if (plan.patterns.length === 0) {
    terminal.print(await tellLeft(facts, policies, context));
    return EXIT.done;
  }
  const isJson = values['json'] === true;
  if (values['apply'] !== true) {
    terminal.print(isJson ? JSON.stringify(plan, undefined, 2) : renderEject(plan));
    if (!isJson) terminal.print('Add --apply to do it.');
    return EXIT.done;
  }
  if (facts.record !== undefined)
    await applyEject({ plan, subject, record: facts.record }, context);
  terminal.print(
    isJson ? JSON.stringify(plan, undefined, 2) : renderEjected(tell(plan, subject, policies)),
  );
  return EXIT.done;
}

/** Of an environment that runs none of our functions: also of one whose ejection was interrupted behind the exchange. */
async function tellLeft(facts: EjectFacts, policies: Policies, context: Context): Promise<string> {
  const left = findLeft(facts);
  const plan = planEject({ ...facts, isPlain: left?.how === 'plain' });
  const none = `No behaviour of distribution ${facts.subject.environment.edge.distribution} runs Headgate's functions.`;
  if (left === undefined || !('patterns' in plan)) return none;
  await awaitDeployed(plan, context);
  if (left.build !== plan.build) {
    return `${none}\nIt was left on build ${left.build}; the record has moved to ${plan.build} since, which changed nothing for visitors.`;
  }
  return `${none}\n${renderEjected(tell(plan, facts.subject, policies))}`;
}

interface Read {
  readonly facts: EjectFacts;
  /** Where the live route is newer than the record: what adopts it. */
  readonly behind?: EnvironmentFacts;
}

/** With --apply a live route that is newer than the record is adopted before anything else, as every run does. */
async function readAdopted(
  subject: EnvironmentSubject,
  values: Arguments['values'],
  context: Context,
): Promise<EjectFacts> {
  const { facts, behind } = await readFacts(subject, values, context);
  if (behind === undefined || values['apply'] !== true) return facts;
  await applyPlan(planAdoption(behind), context);
  const again = await readFacts(subject, values, context);
  if (again.behind === undefined) return again.facts;
  throw new ConflictError(
    `Visitors of ${subject.app.app}/${subject.environment.name} keep moving.`,
  );
}

async function readFacts(
  subject: EnvironmentSubject,
  values: Arguments['values'],
  context: Context,
): Promise<Read> {
  const { app, environment, group } = subject;
  const [stored, distribution] = await Promise.all([
    context.records(app).read(app.app, environment.name),
    context.distributions.read(environment.edge.distribution),
  ]);
  // Who has left may have deleted what the route was in.
  const isThere = distribution !== undefined && findOurs(distribution, group).patterns.length > 0;
  const live = isThere && stored ? await readForEjection(context, subject) : undefined;
  const isBehind = ['rollback', 'newer-route'].includes(live?.adoption.reason ?? '');
  const record = isBehind ? live?.adoption.record : stored?.record;
  return {
    facts: {
      subject,
      record,
      isBehind,
      distribution,
      problem: record && (await findProblem(subject, record, context)),
      isPlain: values['plain'] === true,
      dropsBefore: values['drop-before'] === true,
    },
    ...(isBehind && live && { behind: live }),
  };
}

/** From now on nobody watches it: it must be whole. */
async function findProblem(
  { app }: EnvironmentSubject,
  { stable }: EnvironmentRecord,
  context: Context,
): Promise<string | undefined> {
  if (stable.origin !== undefined) return undefined;
  const builds = context.builds(app);
  const published = await builds.readManifest(app.app, stable.build);
  if (published === undefined) return `${nameBuild(stable)} has no manifest any more`;
  if (published.digest !== stable.digest) {
    return `${nameBuild(stable)} is not the build that was released: its digest is ${published.digest}, and was ${stable.digest}`;
  }
  const hasPage = await builds.hasFile(app.app, stable.build, 'index.html');
  return hasPage ? undefined : `${nameBuild(stable)} has no index.html`;
}

function tell(plan: EjectPlan, subject: EnvironmentSubject, policies: Policies) {
  const { app, environment, group } = subject;
  const others = subjectsOf(policies)
    .filter((one) => one.group.name === group.name)
    .map((one) => `${one.app.app}/${one.environment.name}`)
    .filter((name) => name !== plan.name);
  return {
    plan,
    app: app.app,
    environment: environment.name,
    bucket: app.bucket,
    store: storeOf(group),
    group: group.name,
    others,
    hosts: environment.hosts,
  };
}
