import { cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { $ } from 'zx';
import type { FakeGitHub } from '../../fakes/github/github.ts';
import type { Permissions } from '../../fakes/github/state.ts';
import type { Sigstore } from '../../fakes/sigstore.ts';
import type { WorkflowEvent } from './events.ts';
import { fill, holds, type Contexts } from './expressions.ts';
import { createNpx } from './npx.ts';
import { readYaml, starts, type Action, type Job, type Step, type Workflow } from './workflow.ts';

/** Headgate itself: what actions of other repositories find three folders up. */
const ROOT = join(import.meta.dirname, '../../..');

type Env = Readonly<Record<string, string>>;

export interface Runners {
  /** Runs one workflow of the commit for the event; fails when GitHub would not start it. */
  run(file: string, event: WorkflowEvent): Promise<WorkflowRun>;
}

export interface RunnersOptions {
  readonly github: FakeGitHub;
  readonly sigstore: Sigstore;
  /** Workspaces and artifacts come below it. */
  readonly directory: string;
  /** What a role gives, in jobs that may ask for one. */
  readonly cloud: Env;
  /** Credentials of a role for a job's token with that subject; absent: nobody is limited. */
  readonly become?: (role: string, subject: string) => Promise<Env>;
  readonly vars: Env;
  /** Of every step. */
  readonly env?: Env;
  /** That npx finds the command another test has shown. */
  readonly isNpxKnown?: boolean;
  /** The number of a workflow's first run. */
  readonly firstRun?: number;
}

export interface StepRun {
  readonly command: string;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface JobRun {
  readonly result: 'success' | 'failure' | 'skipped';
  /** Those that ran a command. */
  readonly steps: readonly StepRun[];
  readonly summary: string;
}

export type WorkflowRun = Readonly<Record<string, JobRun>>;

/** Self-hosted in a test: steps of workflows as processes in workspaces of their own. */
export function createRunners(options: RunnersOptions): Runners {
  const numbers = new Map<string, number>();
  const npx = createNpx(options.directory, options.isNpxKnown);
  let id = 9000;
  return {
    async run(file, event) {
      const path = `.github/workflows/${file}`;
      const { files } = options.github.git.find(event.sha)!;
      const workflow = readYaml<Workflow>(files[path], path);
      if (!starts(workflow, event)) throw new Error(`${event.name} starts no run of ${file}`);
      const number = (numbers.get(file) ?? (options.firstRun ?? 1) - 1) + 1;
      numbers.set(file, number);
      id += 1;
      const directory = await mkdtemp(join(options.directory, 'run-'));
      const pathOf = await npx;
      const run = { ...options, directory, workflow, event, number, id, pathOf };
      return runJobs(run);
    },
  };
}

interface Run extends RunnersOptions {
  readonly workflow: Workflow;
  readonly event: WorkflowEvent;
  readonly number: number;
  readonly id: number;
  readonly pathOf: (job: string) => string;
}

async function runJobs(run: Run): Promise<WorkflowRun> {
  const done: Record<string, JobRun> = {};
  for (const [name, job] of Object.entries(run.workflow.jobs)) {
    const needs = [job.needs ?? []].flat();
    const isReady = needs.every((need) => done[need]?.result === 'success');
    done[name] = isReady ? await runJob(name, job, run) : SKIPPED;
  }
  return done;
}

const SKIPPED: JobRun = { result: 'skipped', steps: [], summary: '' };

/** What a job's steps share. */
interface Machine {
  readonly run: Run;
  readonly permissions: Permissions;
  readonly workspace: string;
  readonly summaryFile: string;
  readonly contexts: Contexts;
  readonly env: Record<string, string>;
  readonly steps: StepRun[];
}

async function runJob(name: string, job: Job, run: Run): Promise<JobRun> {
  const machine = await startMachine(name, job, run);
  if (!holds(job.if, machine.contexts)) return SKIPPED;
  const isFine = await runSteps(job.steps, machine);
  const summary = await readFile(machine.summaryFile, 'utf8');
  return { result: isFine ? 'success' : 'failure', steps: machine.steps, summary };
}

async function startMachine(name: string, job: Job, run: Run): Promise<Machine> {
  const workspace = join(run.directory, name);
  const summaryFile = join(run.directory, `${name}-summary.md`);
  const eventFile = join(run.directory, `${name}-event.json`);
  await mkdir(workspace);
  await writeFile(summaryFile, '');
  await writeFile(eventFile, JSON.stringify(run.event.payload));
  const permissions = permissionsOf(job, run.event);
  const { contexts, env } = describeRun(run, run.github.workflowToken(permissions));
  const own = {
    PATH: run.pathOf(`${run.workflow.name}, ${name}`),
    HOME: run.directory,
    // One cache for all runs: npx links the command line once.
    npm_config_cache: join(run.directory, '../npm'),
    npm_config_update_notifier: 'false',
    npm_config_offline: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...run.env,
    GITHUB_WORKSPACE: workspace,
    GITHUB_STEP_SUMMARY: summaryFile,
    GITHUB_EVENT_PATH: eventFile,
  };
  return { run, permissions, workspace, summaryFile, contexts, env: { ...env, ...own }, steps: [] };
}

/** A run of a fork's pull request may read, and gets no secrets and no identity. */
function permissionsOf({ permissions = {} }: Job, { isFork = false }: WorkflowEvent): Permissions {
  const granted = Object.entries(permissions)
    .filter(([name]) => !isFork || name !== 'id-token')
    .map(([name, level]) => [name.replaceAll('-', '_'), isFork ? 'read' : level] as const);
  return Object.fromEntries(granted);
}

function describeRun({ github, event, number, id, vars, workflow, directory }: Run, token: string) {
  const [owner = ''] = github.repository.split('/');
  const pull = event.payload['pull_request'] as
    | { head: { ref: string }; base: { ref: string } }
    | undefined;
  const facts = {
    actor: 'ada',
    api_url: github.url,
    base_ref: pull?.base.ref ?? '',
    event_name: event.name,
    head_ref: pull?.head.ref ?? '',
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(heads|pull)\//, ''),
    repository: github.repository,
    repository_owner: owner,
    run_attempt: '1',
    run_id: String(id),
    run_number: String(number),
    server_url: 'https://github.com',
    sha: event.sha,
    workflow: workflow.name,
  };
  const variables = Object.entries(facts).map(
    ([name, value]) => [`GITHUB_${name.toUpperCase()}`, value] as const,
  );
  const env: Env = { CI: 'true', GITHUB_ACTIONS: 'true', ...Object.fromEntries(variables) };
  const inputs = event.name === 'workflow_dispatch' ? event.payload['inputs'] : {};
  const contexts: Contexts = {
    github: { ...facts, token, event: event.payload },
    runner: { temp: directory },
    vars,
    secrets: {},
    inputs,
  };
  return { env, contexts };
}

/** One after the other; the first that fails ends the job. */
async function runSteps(steps: readonly Step[], machine: Machine): Promise<boolean> {
  for (const step of steps) {
    if (!holds(step.if, machine.contexts)) continue;
    const isFine =
      step.uses === undefined ? await runCommand(step, machine) : await use(step, machine);
    if (!isFine && step['continue-on-error'] !== true) return false;
  }
  return true;
}

async function runCommand(
  step: Step,
  { contexts, env, workspace, run, steps }: Machine,
): Promise<boolean> {
  const command = fill(step.run ?? '', contexts);
  // The registry's part: what it would install is linked.
  if (command.startsWith('npm ci')) {
    const isOurs = run.github.git.find(run.event.sha)?.files['package.json'] !== undefined;
    if (isOurs) await symlink(join(ROOT, 'dist'), join(workspace, 'dist')).catch(() => {});
    return true;
  }
  const own = Object.entries(step.env ?? {}).map(([name, text]) => [name, fill(text, contexts)]);
  const flags = step.shell === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];
  const child = $({
    cwd: workspace,
    env: { ...env, ...(Object.fromEntries(own) as Env) },
    nothrow: true,
    quiet: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })`bash ${flags} -c ${command}`;
  const { exitCode: code, stdout, stderr } = await child;
  steps.push({ command, code, stdout, stderr });
  return code === 0;
}

async function use(step: Step, machine: Machine): Promise<boolean> {
  const { contexts } = machine;
  const uses = step.uses ?? '';
  const given = Object.entries(step.with ?? {}).map(
    ([name, value]) => [name, fill(String(value), contexts)] as const,
  );
  const inputs = Object.fromEntries(given);
  const [name = ''] = uses.split('@');
  const known = ACTIONS[name];
  if (known !== undefined) {
    const outputs = await known(inputs, machine);
    const done = contexts['steps'] as Record<string, unknown> | undefined;
    if (step.id !== undefined && done !== undefined) done[step.id] = { outputs };
    return true;
  }
  const [, path] = /^[.$]\/(.+)$/.exec(name) ?? [];
  if (path === undefined) throw new Error(`no runner here knows the action ${uses}`);
  return runAction(path, inputs, machine);
}

/** A composite action of this repository: in the workspace (`./`), or downloaded at the commit that runs (`$/`). */
async function runAction(path: string, inputs: Env, machine: Machine): Promise<boolean> {
  const { run } = machine;
  const file = `${path}/action.yml`;
  const action = readYaml<Action>(run.github.git.find(run.event.sha)?.files[file], file);
  for (const [name, { required, default: _ }] of Object.entries(action.inputs)) {
    if (required === true && (inputs[name] ?? '') === '') throw new Error(`${file} needs ${name}`);
  }
  const defaults = Object.entries(action.inputs).map(([name, one]) => [name, one.default ?? '']);
  const all = { ...(Object.fromEntries(defaults) as Env), ...inputs };
  machine.env['GITHUB_ACTION_PATH'] = join(ROOT, path);
  const inside = { ...machine, contexts: { ...machine.contexts, inputs: all, steps: {} } };
  return runSteps(action.runs.steps, inside);
}

/** Of the token of a job without an `environment:`, as GitHub documents it. */
function subjectOf({ github: { repository }, event: { name, ref } }: Run): string {
  return `repo:${repository}:${name === 'pull_request' ? name : `ref:${ref}`}`;
}

/** What the actions of others do for us; perhaps with outputs. */
const ACTIONS: Readonly<Record<string, (inputs: Env, machine: Machine) => Promise<Env | void>>> = {
  async 'actions/checkout'({ ref }, { run: { github, event }, workspace }) {
    const commit = github.git.find(ref || event.sha);
    if (commit === undefined) throw new Error(`nothing to check out at ${ref}`);
    const git = $({ cwd: workspace, quiet: true });
    await git`git init --quiet --initial-branch checkout`;
    github.git.writeTo(join(workspace, '.git'));
    await git`git checkout --quiet --detach ${commit.sha}`;
  },

  'actions/setup-node': () => Promise.resolve(),

  async 'aws-actions/configure-aws-credentials'(inputs, { run, permissions, env }) {
    const role = inputs['role-to-assume'];
    if (permissions['id_token'] !== 'write') throw new Error('no id-token: write, no role');
    if (!role) throw new Error('no role to assume');
    const credentials = await run.become?.(role, subjectOf(run));
    Object.assign(env, run.cloud, credentials, { AWS_REGION: inputs['aws-region'] });
  },

  /** Signed as GitHub would: for the workflow and the ref of this run. */
  async 'actions/attest'({ 'subject-checksums': file = '' }, { run, permissions }) {
    const { attestations, id_token: identity } = permissions as Env;
    if (attestations !== 'write' || identity !== 'write') throw new Error('it may not attest');
    const { repository } = run.github;
    const [sha256 = ''] = (await readFile(file, 'utf8')).split(' ');
    const workflow = `${repository}/.github/workflows/${run.workflow.name}.yml@${run.event.ref}`;
    const claims = { repository, workflow, ref: run.event.ref };
    const bundle = await run.sigstore.attest(sha256, { claims });
    const path = join(run.directory, 'attestation.json');
    await writeFile(path, `${JSON.stringify(bundle)}\n`);
    return { 'bundle-path': path };
  },

  async 'actions/upload-artifact'({ name, path = '' }, { workspace, run }) {
    await cp(join(workspace, path), join(run.directory, `artifact-${name}`), { recursive: true });
  },

  async 'actions/download-artifact'({ name, path = '' }, { workspace, run }) {
    await cp(join(run.directory, `artifact-${name}`), join(workspace, path), { recursive: true });
  },
};
