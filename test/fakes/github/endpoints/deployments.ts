import * as z from 'zod';
import { nodeId, renderApp, renderUser, stamp, type Schema } from '../bodies.ts';
import { endpoint, invalid, notFound, pageOf, Refusal, type Call } from '../endpoint.ts';
import type { DeploymentState, State, StatusState } from '../state.ts';

const ALL = '/repos/{owner}/{repo}/deployments';
const ONE = `${ALL}/{deployment_id}`;

const Create = z.strictObject({
  ref: z.string().min(1),
  task: z.string().default('deploy'),
  auto_merge: z.boolean().default(true),
  required_contexts: z.array(z.string()).optional(),
  payload: z.union([z.string(), z.record(z.string(), z.unknown())]).default(''),
  environment: z.string().min(1).max(255).default('production'),
  description: z.string().nullable().default(''),
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});
const Status = z.strictObject({
  state: z.enum(['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']),
  target_url: z.string().optional(),
  log_url: z.string().default(''),
  description: z.string().max(140).default(''),
  environment: z.string().optional(),
  environment_url: z.string().default(''),
  auto_inactive: z.boolean().default(true),
});

export const deployments = [
  endpoint(`GET ${ALL}`, ['deployments=read'], (call) => {
    const { state, query } = call;
    const wanted = state.deployments.filter((one) =>
      (['sha', 'ref', 'task', 'environment'] as const).every((key) => {
        const value = query.get(key);
        return value === null || value === 'none' || value === one[key];
      }),
    );
    const newest = wanted.toReversed().map((one) => render(one, state));
    return { status: 200, body: pageOf(newest, call) };
  }),

  endpoint(`POST ${ALL}`, ['deployments=write'], create, Create),

  endpoint(`GET ${ONE}`, ['deployments=read'], (call) => ({
    status: 200,
    body: render(findDeployment(call), call.state),
  })),

  endpoint(`GET ${ONE}/statuses`, ['deployments=read'], (call) => {
    const found = findDeployment(call);
    const newest = found.statuses.toReversed();
    return {
      status: 200,
      body: pageOf(
        newest.map((one) => renderStatus(one, found, call.state)),
        call,
      ),
    };
  }),

  endpoint(`POST ${ONE}/statuses`, ['deployments=write'], createStatus, Status),
];

function findDeployment({ state, params }: Call): DeploymentState {
  const found = state.deployments.find(({ id }) => id === Number(params['deployment_id']));
  if (found === undefined) throw notFound();
  return found;
}

function create({ state, token }: Call, body: z.infer<typeof Create>) {
  const commit = state.git.find(body.ref);
  if (commit === undefined) throw new Refusal(422, `No ref found for: ${body.ref}`);
  refuseUnmerged(state, body, commit.sha);
  refuseUnchecked(state, body, commit.sha);
  const made: DeploymentState = {
    id: state.nextId(),
    creator: token.identity,
    createdAt: state.now(),
    sha: commit.sha,
    ref: body.ref,
    task: body.task,
    payload: body.payload,
    environment: body.environment,
    description: body.description,
    isTransient: body.transient_environment,
    isProduction: body.production_environment ?? body.environment === 'production',
    statuses: [],
  };
  state.deployments.push(made);
  return { status: 201, body: render(made, state) };
}

/** Without `auto_merge: false` GitHub merges the default branch into a ref that is behind, instead of deploying. */
function refuseUnmerged(state: State, body: z.infer<typeof Create>, sha: string): void {
  const main = state.git.find(state.repository.defaultBranch);
  if (!body.auto_merge || main === undefined || state.git.isAncestor(main.sha, sha)) return;
  throw new Refusal(409, `Conflict merging ${state.repository.defaultBranch} into ${body.ref}.`);
}

/** Without `required_contexts: []` every check of the commit must be green, also the one that deploys. */
function refuseUnchecked(state: State, body: z.infer<typeof Create>, sha: string): void {
  const required = body.required_contexts;
  const failed = state.checks.filter(
    ({ headSha, name, conclusion }) =>
      headSha === sha && (required ?? [name]).includes(name) && conclusion !== 'success',
  );
  const missing = (required ?? []).filter((name) => state.checks.every((one) => one.name !== name));
  if (failed.length + missing.length === 0) return;
  throw new Refusal(409, `Conflict: Commit status checks failed for ${body.ref}.`, {
    errors: failed.map(({ name }) => ({
      resource: 'Deployment',
      field: 'required_contexts',
      code: 'invalid',
      contexts: name,
    })),
  });
}

function createStatus(call: Call, body: z.infer<typeof Status>) {
  const { state, token } = call;
  const found = findDeployment(call);
  for (const [field, url] of [
    ['log_url', body.log_url],
    ['environment_url', body.environment_url],
  ] as const) {
    if (url !== '' && !/^https?:\/\//.test(url)) {
      throw invalid('DeploymentStatus', {
        code: 'custom',
        field,
        message: `${field} must use http(s) scheme`,
      });
    }
  }
  const made = newStatus(state, token.identity, {
    state: body.state,
    description: body.description,
    environmentUrl: body.environment_url,
    logUrl: body.log_url,
  });
  found.statuses.push(made);
  if (body.state === 'success' && body.auto_inactive) leaveOthers(found, made, state);
  return { status: 201, body: renderStatus(made, found, state) };
}

function newStatus(
  state: State,
  creator: StatusState['creator'],
  more: Pick<StatusState, 'state' | 'description' | 'environmentUrl' | 'logUrl'>,
): StatusState {
  return { id: state.nextId(), creator, createdAt: state.now(), ...more };
}

/** `auto_inactive`: earlier ones of the environment that succeeded, if neither transient nor production. */
function leaveOthers(winner: DeploymentState, { creator }: StatusState, state: State): void {
  for (const other of state.deployments) {
    const isEarlier = other.id < winner.id && other.environment === winner.environment;
    if (!isEarlier || other.isTransient || other.isProduction) continue;
    if (other.statuses.at(-1)?.state !== 'success') continue;
    const more = { state: 'inactive', description: '', environmentUrl: '', logUrl: '' } as const;
    other.statuses.push(newStatus(state, creator, more));
  }
}

const homeOf = ({ links, repository }: State) =>
  `${links.api}/repos/${repository.owner}/${repository.name}`;

function render(one: DeploymentState, state: State): Schema<'deployment'> {
  const url = `${homeOf(state)}/deployments/${one.id}`;
  return {
    url,
    id: one.id,
    node_id: nodeId('DE', one.id),
    sha: one.sha,
    ref: one.ref,
    task: one.task,
    payload: one.payload,
    original_environment: one.environment,
    environment: one.environment,
    description: one.description,
    creator: renderUser(one.creator, state.links),
    created_at: stamp(one.createdAt),
    updated_at: stamp(one.statuses.at(-1)?.createdAt ?? one.createdAt),
    statuses_url: `${url}/statuses`,
    repository_url: homeOf(state),
    transient_environment: one.isTransient,
    production_environment: one.isProduction,
    performed_via_github_app: renderApp(one.creator, state.links),
  };
}

function renderStatus(
  one: StatusState,
  of: DeploymentState,
  state: State,
): Schema<'deployment-status'> {
  const deployment = `${homeOf(state)}/deployments/${of.id}`;
  return {
    url: `${deployment}/statuses/${one.id}`,
    id: one.id,
    node_id: nodeId('DES', one.id),
    state: one.state,
    creator: renderUser(one.creator, state.links),
    description: one.description,
    environment: of.environment,
    target_url: one.logUrl,
    created_at: stamp(one.createdAt),
    updated_at: stamp(one.createdAt),
    deployment_url: deployment,
    repository_url: homeOf(state),
    environment_url: one.environmentUrl,
    log_url: one.logUrl,
    performed_via_github_app: renderApp(one.creator, state.links),
  };
}
