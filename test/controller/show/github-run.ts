/** A run of the controller in a workflow, against the world in memory and GitHub over HTTP. */
import { applyAll } from '../../../controller/apply/apply-all.ts';
import { planEnvironment } from '../../../controller/core/plan/environment.ts';
import { sealPlanSet } from '../../../controller/core/plan/plan.ts';
import type { GitHubRun } from '../../../controller/core/github/run.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readEnvironment } from '../../../controller/read/environment.ts';
import { showAfterRun } from '../../../controller/show/after-run.ts';
import type { FakeGitHub } from '../../fakes/github/github.ts';
import { subjectOf } from '../../fakes/rolling.ts';
import type { World, WriteHook } from '../../fakes/world.ts';
import { connectTo } from '../adapters/github/connect-to.ts';

const PERMISSIONS = {
  actions: 'write',
  contents: 'write',
  deployments: 'write',
  issues: 'write',
  pull_requests: 'write',
} as const;

export interface Told {
  readonly notes: string[];
  readonly summaries: string[];
}

export function runOf(fake: FakeGitHub, eventName = 'push'): GitHubRun {
  return {
    repository: fake.repository,
    eventName,
    sha: fake.git.find('main')?.sha ?? '',
    ref: 'refs/heads/main',
    runUrl: 'https://github.com/acme/releases/actions/runs/7',
    runId: 7,
    actor: 'mona',
    inputs: {},
  };
}

/** The world with this GitHub; what is told is kept. */
export function joinGitHub(
  world: World,
  fake: FakeGitHub,
  hook?: WriteHook,
): { context: Context; told: Told } {
  const told: Told = { notes: [], summaries: [] };
  const context = world.context(hook);
  const terminal = {
    ...context.terminal,
    note: (text: string) => void told.notes.push(text),
    summary: async (text: string) => void told.summaries.push(text),
  };
  const github = connectTo(fake, { GITHUB_TOKEN: fake.workflowToken(PERMISSIONS) });
  // A revert looks for the rollback at the edge, for some seconds.
  const sleep = async (milliseconds: number): Promise<void> => world.pass(milliseconds / 1000);
  const clock = { ...context.clock, sleep };
  return { context: { ...context, terminal, clock, github }, told };
}

interface Options {
  readonly eventName?: string;
  readonly show?: typeof showAfterRun;
  readonly hook?: WriteHook;
}

/** What `reconcile --github` does for one environment. */
export async function reconcileAt(
  world: World,
  fake: FakeGitHub,
  { eventName, show = showAfterRun, hook }: Options = {},
) {
  const { context, told } = joinGitHub(world, fake, hook);
  const facts = await readEnvironment(context, subjectOf(world), { by: 'tester', commit: 'abc' });
  const makePlans = async () => ({ set: sealPlanSet([planEnvironment(facts)]) });
  const { set } = await makePlans();
  const outcomes = await applyAll(set, { context, makePlans });
  const planned = { set, failures: [], environments: [{ facts }] };
  const policies = { directory: './policies/', texts: [] };
  await show(context, runOf(fake, eventName), { planned, outcomes, policies });
  return { outcomes, told };
}

/** `2 in_progress`, oldest first. */
export function statesAt(fake: FakeGitHub): readonly string[] {
  return fake.state.deployments.map(({ payload, statuses }) => {
    const { build } = payload as { build: string };
    return `${build} ${statuses.at(-1)?.state ?? 'none'}`;
  });
}
