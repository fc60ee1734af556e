import type { EjectPlan } from '../core/eject/plan.ts';
import { renderStandalone, standaloneCases } from '../core/eject/standalone.ts';
import { ConflictError, RefusedError } from '../core/errors.ts';
import type { Distribution } from '../core/plan/behaviours.ts';
import { isNamed } from '../core/plan/replaced.ts';
import type { EnvironmentSubject } from '../core/policy/subjects.ts';
import { ejectionReason, findEjection } from '../core/state/pause.ts';
import type { EnvironmentRecord } from '../core/state/record.ts';
import type { Context } from '../ports/context.ts';
import type { Departure } from '../ports/distributions.ts';
import { readForEjection } from '../read/for-ejection.ts';
import { changePause } from './change-pause.ts';
import { settle } from './settle.ts';

interface Given {
  readonly plan: EjectPlan;
  readonly subject: EnvironmentSubject;
  /** As it was planned with. */
  readonly record: EnvironmentRecord;
}

/**
 * Pauses the environment, so that nobody puts our functions back; then makes what stays behind, and
 * exchanges it for ours in one change of the distribution. Ended anywhere it can be run again.
 */
export async function eject(given: Given, context: Context): Promise<void> {
  await pauseFirst(given, context);
  const { plan } = given;
  const departure = await prepare(plan, context);
  // Forgetting what was cached takes a minute, in which a person may have rolled back.
  await requireSame(given, context);
  const before = await readDistribution(plan, context);
  await context.distributions.leave(before.id, before.revision, departure);
  context.terminal.note(
    `Distribution ${plan.distribution} deploys that now; until it is done, which takes minutes, some edges run what they ran before, and serve the same.`,
  );
  await awaitDeployed(plan, context);
  if (!(await isMoved(given, context))) return;
  const { standalone, build, name } = plan;
  const [what, where] =
    standalone === undefined
      ? [`origin path ${plan.originPath}`, 'the origin path']
      : [standalone.functionName, `BUILD in ${standalone.functionName}, and publish it`];
  throw new ConflictError(
    `Somebody moved ${name} while it left: ${what} serves build ${build}, and its route says another.`,
    `headgate status tells which; change ${where}.`,
  );
}

/** A rollout or a rollback may have begun since the plan: then its visitors stay where they are. */
async function pauseFirst(given: Given, context: Context): Promise<void> {
  const { plan, subject, record } = given;
  if (findEjection(record.pause) !== plan.build) {
    const { by } = await context.surroundings.facts();
    const at = context.clock.now().toISOString();
    const reason = ejectionReason(plan.build, record.pause);
    context.terminal.note(
      await changePause(context, subject, { asked: { by, at, reason }, isResume: false }),
    );
  }
  await requireSame(given, context);
}

async function requireSame(given: Given, context: Context): Promise<void> {
  if (!(await isMoved(given, context))) return;
  const { plan, subject } = given;
  throw new ConflictError(
    `Another run moved ${plan.name} at the same time.`,
    `Run the command again. Until it is through, ${plan.name} is paused; headgate pause ${subject.app.app} ${subject.environment.name} --resume ends that.`,
  );
}

/** By the live route, too: a rollback writes its record last. */
async function isMoved({ subject, record }: Given, context: Context): Promise<boolean> {
  const { adoption } = await readForEjection(context, subject);
  return adoption.reason !== undefined || adoption.record?.generation !== record.generation;
}

async function prepare(plan: EjectPlan, context: Context): Promise<Departure> {
  const { patterns, functions, standalone, originPath } = plan;
  if (standalone === undefined) {
    context.terminal.progress('Waiting until the edges have forgotten what they cached');
    await context.distributions.forget(plan.distribution, ['/*']);
    const plain = originPath === undefined ? {} : { originPath, rootObject: 'index.html' };
    return { patterns, functions, ...plain };
  }
  const earlier = await context.edgeCode.readLive(standalone.functionName);
  const viewerRequestArn = await publish(standalone, context);
  if (earlier !== undefined && earlier.code !== renderStandalone(standalone)) {
    // Of an earlier ejection: an edge with the exchange, and its old code still, would serve the build of then.
    const what = standalone.functionName;
    await settle(`Waiting until the edges have ${what} as it was just published`, context);
  }
  return { patterns, functions, viewerRequestArn };
}

async function publish(
  standalone: NonNullable<EjectPlan['standalone']>,
  { edgeCode }: Context,
): Promise<string> {
  const { functionName: name } = standalone;
  const code = renderStandalone(standalone);
  const comment = `left by headgate eject for ${standalone.name}`;
  const revision = await edgeCode.stage({ name, code, comment, store: undefined });
  for (const { name: what, event, check } of standaloneCases(standalone)) {
    const outcome = await edgeCode.test(name, revision, event);
    const problem = outcome.error ?? check(outcome.output);
    if (problem !== undefined) {
      throw new RefusedError(
        `The function ${name} fails its test of ${what} and was not published: ${problem}`,
        'The distribution is unchanged. Report this; --plain does without a function.',
      );
    }
  }
  return edgeCode.publish(name, revision);
}

/** CloudFront says 5 minutes as a rule. */
const DEADLINE_MILLISECONDS = 20 * 60_000;
const POLL_MILLISECONDS = { first: 250, longest: 5000 };

/** Throws when our functions are back meanwhile. */
export async function awaitDeployed(plan: EjectPlan, context: Context): Promise<void> {
  const { clock, terminal } = context;
  const until = clock.now().getTime() + DEADLINE_MILLISECONDS;
  for (
    let pause = POLL_MILLISECONDS.first;
    ;
    pause = Math.min(2 * pause, POLL_MILLISECONDS.longest)
  ) {
    const { status, behaviours } = await readDistribution(plan, context);
    const isBack = behaviours.some(({ viewerRequestArn = '', lambdas }) =>
      [viewerRequestArn, ...lambdas.map(({ arn }) => arn)].some((arn) =>
        isNamed(arn, plan.functions),
      ),
    );
    if (isBack) {
      throw new ConflictError(
        `Another run put Headgate's functions back on distribution ${plan.distribution}.`,
        'Run the command again: it is paused now, so that no later run does.',
      );
    }
    if (status === 'Deployed') return;
    if (clock.now().getTime() >= until) {
      return terminal.note(
        `Distribution ${plan.distribution} is still deploying; there is nothing more to do for it.`,
      );
    }
    terminal.progress(`Waiting for distribution ${plan.distribution} to be deployed`);
    await clock.sleep(pause);
  }
}

async function readDistribution(
  { distribution }: EjectPlan,
  context: Context,
): Promise<Distribution> {
  const found = await context.distributions.read(distribution);
  if (found !== undefined) return found;
  throw new ConflictError(`Distribution ${distribution} is gone.`);
}
