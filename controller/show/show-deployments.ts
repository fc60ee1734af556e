import { mapAtOnce } from '../core/at-once.ts';
import type { DeploymentPayload, DeploymentStatus } from '../core/github/deployment.ts';
import {
  countWanted,
  isSettled,
  planDeployments,
  type DeploymentStep,
  type Listed,
} from '../core/github/deployments.ts';
import type { Context } from '../ports/context.ts';
import type { Deployment } from '../ports/github.ts';
import type { ShownEnvironment, ShownRun } from './shown.ts';

/** Creations are looked at again once; what is then still missing another run is at work on. */
const ROUNDS = 3;
/** GitHub asks for few requests at once. */
const AT_ONCE = 4;

/** As GitHub has it: `production` is for everyone, and a name that says so counts. */
const PRODUCTION = /^(prod|production|live)($|-)/;

/** Brings GitHub's deployments of each environment to where its record is. */
export async function showDeployments(context: Context, shown: ShownRun): Promise<void> {
  for (const environment of shown.environments) {
    // One after the other: GitHub slows down who writes much at once.
    await showOne(context, environment, shown);
  }
}

async function showOne(
  context: Context,
  environment: ShownEnvironment,
  { run }: ShownRun,
): Promise<void> {
  const { record } = environment.stored;
  const { deployments } = context.github;
  const name = `${record.app}/${record.environment}`;
  // A list may lag behind what was just created.
  let created: readonly Deployment[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const listed = await deployments.list(name);
    const lacking = created.filter(({ id }) => listed.every((one) => one.id !== id));
    const steps = await findSteps(context, environment, [...lacking, ...listed]);
    if (steps.every(({ kind }) => kind === 'set')) {
      await setAll(context, steps, { environment, logUrl: run.runUrl });
      return;
    }
    const ref = run.sha === '' ? await context.github.repository.defaultBranch() : run.sha;
    const isProduction = PRODUCTION.test(record.environment);
    for (const step of steps) {
      if (step.kind === 'set') continue;
      const { payload, description } = step;
      const one = await deployments.create({ ref, payload, description, isProduction });
      created = [one, ...created];
    }
  }
}

/** Asks for the states of as few deployments as tell enough. */
async function findSteps(
  context: Context,
  { subject, stored, start }: ShownEnvironment,
  all: readonly Deployment[],
): Promise<readonly DeploymentStep[]> {
  const { record } = stored;
  const shown = { record, policy: subject.environment, start };
  const ours = all.flatMap((one) => (isOurs(one) ? [one] : []));
  const count = countWanted(shown);
  let newest: readonly Listed[] = [];
  for (;;) {
    const further = ours.slice(newest.length, newest.length + count);
    newest = [...newest, ...(await askEach(context, further))];
    const steps = planDeployments(shown, newest);
    if (newest.length === ours.length || isSettled(steps, newest)) return steps;
  }
}

type Ours = Deployment & { readonly payload: DeploymentPayload };

function isOurs(deployment: Deployment): deployment is Ours {
  return deployment.payload !== undefined;
}

function askEach({ github }: Context, ours: readonly Ours[]): Promise<readonly Listed[]> {
  return mapAtOnce(ours, AT_ONCE, async (one) => ({
    ...one,
    status: await github.deployments.status(one.id),
  }));
}

async function setAll(
  { github }: Context,
  steps: readonly DeploymentStep[],
  { environment, logUrl }: { environment: ShownEnvironment; logUrl: string | undefined },
): Promise<void> {
  const [host] = environment.stored.record.hosts;
  for (const step of steps) {
    if (step.kind === 'create') continue;
    const { id, state, description } = step;
    const status: DeploymentStatus = { state, description };
    const isServed = state === 'in_progress' || state === 'success';
    await github.deployments.setState(id, {
      ...status,
      ...(isServed && host !== undefined && { environmentUrl: `https://${host}` }),
      ...(logUrl !== undefined && { logUrl }),
    });
  }
}
