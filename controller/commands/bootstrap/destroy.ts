import { renderRemoval, type Removal } from '../../core/deployment/removal.ts';
import { ConflictError, EXIT, RefusedError, UsageError, type ExitCode } from '../../core/errors.ts';
import { idOfEnvironment } from '../../core/infrastructure/scope.ts';
import { isNamed } from '../../core/plan/replaced.ts';
import type { Policies } from '../../core/policy/policy.ts';
import { subjectsOf } from '../../core/policy/subjects.ts';
import type { Context } from '../../ports/context.ts';
import { createTeller, refuseBusy } from './deploy-stack.ts';
import { findStacks, type Found } from './find-stacks.ts';
import { refuseLostReaders } from './refuse-lost-readers.ts';
import { waitUntilDeployed } from './wait-until-deployed.ts';

export interface DestroyOrder {
  readonly policies: Policies;
  /** The stack's name, by which a person says that this is meant; undefined: only tell. */
  readonly confirm: string | undefined;
  readonly json: boolean;
}

/** Removes what deployStacks and reconcile have made, and nothing that holds data; finishes what an earlier run began. */
export async function destroyStacks(order: DestroyOrder, context: Context): Promise<ExitCode> {
  const { policies, confirm, json } = order;
  const { terminal } = context;
  const found = await findStacks(policies, context);
  await refuseRead(found, context);
  await refuseUsedElsewhere(policies, found, context);
  if (confirm === undefined) {
    const { removal, name } = found;
    const text = `${renderRemoval(removal)}\n\nAdd --confirm ${name} to do it.`;
    terminal.print(json ? JSON.stringify(describe(found, undefined), undefined, 2) : text);
    return EXIT.done;
  }
  if (confirm !== found.name) {
    throw new UsageError(
      `--confirm ${confirm} is not the name of the stack.`,
      `It is ${found.name}: headgate bootstrap --destroy tells what would go.`,
    );
  }
  refuseUnready(found);
  terminal.note(renderRemoval(found.removal));
  await removeFunctions(found, context);
  for (const { region } of found.removal.stacks) await removeStack(found, region, context);
  const waiting = await removeLambdas(found.removal, context);
  await refuseRemains(found, context);
  const ended = renderEnd(found, waiting);
  terminal.print(json ? JSON.stringify(describe(found, waiting), undefined, 2) : ended);
  return waiting.length === 0 ? EXIT.done : EXIT.moved;
}

/** Before the functions are off, after which nobody is served any more. */
function refuseUnready({ name, states }: Found): void {
  for (const { region, state } of states) {
    if (state === undefined) continue;
    refuseBusy({ name, region }, state);
    if (!state.isProtected) continue;
    throw new RefusedError(
      `Stack ${name} in ${region} has termination protection, so nothing was touched.`,
      `If it is to go: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} --region ${region}`,
    );
  }
}

async function refuseRead({ name, removal }: Found, context: Context): Promise<void> {
  const next = `Keep stack ${name} for as long as that distribution is to serve; if nobody needs it, disable it, then run this again.`;
  for (const { template: before } of removal.stacks) {
    await refuseLostReaders({ before, next }, context);
  }
}

/** A distribution that isn't the stack's would lose its functions, and its visitors their pages. */
async function refuseUsedElsewhere(
  policies: Policies,
  { distributions, removal }: Found,
  context: Context,
): Promise<void> {
  const names = [...removal.functions, ...removal.lambdas];
  const others = subjectsOf(policies).filter(({ environment: { edge } }) => {
    return edge.distribution !== '' && !distributions.includes(edge.distribution);
  });
  for (const subject of others) {
    const { distribution: id } = subject.environment.edge;
    const live = await context.distributions.read(id);
    const arns = (live?.behaviours ?? []).flatMap((behaviour) => [
      behaviour.viewerRequestArn ?? '',
      behaviour.viewerResponseArn ?? '',
      ...behaviour.lambdas.map(({ arn }) => arn),
    ]);
    if (!arns.some((arn) => isNamed(arn, names))) continue;
    throw new RefusedError(
      `Distribution ${id} of ${idOfEnvironment(subject)} isn't of this stack, and runs its functions: without them it serves nothing.`,
      `headgate eject ${subject.app.app} ${subject.environment.name} leaves it a plain distribution; then run this again.`,
    );
  }
}

/** Off the behaviours, which takes minutes, before the functions can go, and these before the stores they read. */
async function removeFunctions({ distributions, removal }: Found, context: Context): Promise<void> {
  const { teardown, terminal } = context;
  const names = [...removal.functions, ...removal.standalone, ...removal.lambdas];
  for (const id of distributions) {
    if (await teardown.dissociate(id, names)) terminal.note(`Distribution ${id}: functions off.`);
  }
  // Also what an earlier run has taken off may not be everywhere yet.
  for (const id of distributions) await waitUntilDeployed(id, context);
  for (const name of removal.functions) {
    if ((await teardown.removeFunction(name)) === 'gone') continue;
    throw new RefusedError(
      `Function ${name} is still on a distribution that no policy names.`,
      'Take it off that distribution (`aws cloudfront list-distributions` shows which), then run this again.',
    );
  }
  for (const name of removal.standalone) {
    if ((await teardown.removeFunction(name)) === 'gone') continue;
    terminal.note(`Function ${name} serves a distribution that isn't of this stack, and stays.`);
  }
}

async function removeStack({ name }: Found, region: string, context: Context): Promise<void> {
  const stack = { name, region };
  const left = await context.stacks(region).delete(name, createTeller(stack, context));
  if (left.length === 0) return;
  throw new RefusedError(
    `CloudFormation could not delete ${left.join(', ')} of stack ${name} in ${region}.`,
    'Mend what its events name (above), then run this again: it goes on from there.',
  );
}

/** Returns those that CloudFront still has replicas of. */
async function removeLambdas(
  { lambdas }: Removal,
  { teardown, terminal }: Context,
): Promise<readonly string[]> {
  const waiting: string[] = [];
  for (const name of lambdas) {
    const outcome = await teardown.removeLambda(name);
    if (outcome === 'replicated') waiting.push(name);
    if (outcome === 'foreign') terminal.note(`Function ${name} isn't Headgate's, and stays.`);
  }
  return waiting;
}

/** What AWS said it deleted is looked for once more. */
async function refuseRemains({ name, removal, distributions }: Found, context: Context) {
  const stacks = removal.stacks.map(async ({ region }) => {
    const state = await context.stacks(region).read(name);
    return state === undefined ? [] : [`stack ${name} in ${region} (${state.status})`];
  });
  const others = distributions.map(async (id) =>
    (await context.distributions.read(id)) === undefined ? [] : [`distribution ${id}`],
  );
  const functions = removal.functions.map(async (function_) =>
    (await context.edgeCode.readLive(function_)) === undefined ? [] : [`function ${function_}`],
  );
  const left = (await Promise.all([...stacks, ...others, ...functions])).flat();
  if (left.length > 0) throw new ConflictError(`It is there again, or still: ${left.join(', ')}.`);
}

function renderEnd({ name, removal }: Found, waiting: readonly string[]): string {
  const waits = waiting.map(
    (one) =>
      `Lambda@Edge function ${one} waits for CloudFront to remove its replicas: run this again in some hours.`,
  );
  return [
    removal.stacks.length === 0
      ? `No stack ${name} is there, nor its functions.`
      : `Stack ${name} and its functions are gone.`,
    'Left, with the data in it:',
    ...removal.kept.map((line) => `  ${line}`),
    ...waits,
  ].join('\n');
}

/** `waiting` undefined: nothing was done. */
function describe({ name, removal }: Found, waiting: readonly string[] | undefined) {
  const { stacks, functions, standalone, lambdas, serving, kept } = removal;
  return {
    stack: name,
    done: waiting !== undefined,
    stacks: stacks.map(({ region, template }) => ({
      region,
      resources: Object.keys(template.Resources),
    })),
    functions,
    standalone,
    lambdas,
    serving,
    kept,
    waiting: waiting ?? [],
  };
}
