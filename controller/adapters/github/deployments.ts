import { cutText } from '../../core/report/cut.ts';
import type {
  Deployment,
  DeploymentPayload,
  Deployments,
  DeploymentState,
  DeploymentStatus,
} from '../../ports/github.ts';
import type { Octokit } from './client.ts';
import { createOnce, NO_RETRIES } from './create-once.ts';
import type { Link } from './link.ts';
import type { Doing } from './translate-error.ts';

type Listed = Pick<
  Awaited<ReturnType<Octokit['rest']['repos']['listDeployments']>>['data'][number],
  'id' | 'environment' | 'payload'
>;

const LISTED = 20;
const DESCRIPTION_LENGTH = 140;

/** What others set, by what it comes to; ours are as they are. */
const STATES: Readonly<Record<string, DeploymentState>> = {
  queued: 'queued',
  pending: 'queued',
  waiting: 'queued',
  in_progress: 'in_progress',
  success: 'success',
  failure: 'failure',
  error: 'failure',
  inactive: 'inactive',
};

export function createDeployments(link: Link): Deployments {
  const { place } = link;
  return {
    list: (environment) =>
      link.ask(doing(environment), async (octokit) => {
        return (await list(octokit, link, environment)).map(toDeployment);
      }),
    status: (id) =>
      link.ask(doing(String(id)), async (octokit) => {
        const asked = { ...place, deployment_id: id, per_page: 1 };
        const { data } = await octokit.rest.repos.listDeploymentStatuses(asked);
        return data.map(toStatus)[0];
      }),
    create: (deployment) => {
      const { app, environment } = deployment.payload;
      return link.ask(doing(`${app}/${environment}`), (octokit) =>
        create(octokit, link, deployment),
      );
    },
    setState: (id, { state, description, environmentUrl, logUrl }) =>
      link.ask(doing(String(id)), async (octokit) => {
        await octokit.rest.repos.createDeploymentStatus({
          ...place,
          deployment_id: id,
          state,
          description: cutText(description, DESCRIPTION_LENGTH),
          ...(environmentUrl !== undefined && { environment_url: environmentUrl }),
          ...(logUrl !== undefined && { log_url: logUrl }),
          // Else it ends others', too, and in production none: which of ours is over is decided in core.
          auto_inactive: false,
        });
      }),
  };
}

async function create(
  octokit: Octokit,
  link: Link,
  { ref, payload, description, isProduction }: Parameters<Deployments['create']>[0],
): Promise<Deployment> {
  const environment = `${payload.app}/${payload.environment}`;
  const asked = {
    ...link.place,
    ref,
    environment,
    payload: { ...payload },
    description: cutText(description, DESCRIPTION_LENGTH),
    production_environment: isProduction,
    task: 'deploy',
    // It tells of what was done: nothing is merged for it, and no check need pass first.
    auto_merge: false,
    required_contexts: [],
    ...NO_RETRIES,
  };
  const made = await createOnce(
    async () => required((await octokit.rest.repos.createDeployment(asked)).data),
    async () => (await list(octokit, link, environment)).find((one) => isSame(one, payload)),
  );
  return toDeployment(made);
}

function doing(name: string): Doing {
  return { what: `the deployment ${name}`, permission: 'deployments: write' };
}

async function list(
  octokit: Octokit,
  { place }: Link,
  environment: string,
): Promise<readonly Listed[]> {
  const asked = { ...place, environment, per_page: LISTED };
  const { data } = await octokit.rest.repos.listDeployments(asked);
  // That the newest come first is observed, not documented.
  return data.toSorted((a, b) => b.id - a.id);
}

function toDeployment({ id, environment, payload }: Listed): Deployment {
  return { id, environment, payload: readPayload(payload) };
}

/** Newest first (documented). A state that GitHub adds some day is not over. */
function toStatus(status: {
  readonly state: string;
  readonly description: string;
}): DeploymentStatus {
  return { state: STATES[status.state] ?? 'in_progress', description: status.description };
}

/** An object, or text of one: it comes back as either (documented). */
function readPayload(given: unknown): DeploymentPayload | undefined {
  const payload = typeof given === 'string' ? parse(given) : given;
  if (typeof payload !== 'object' || payload === null) return undefined;
  const read = (name: string): unknown => Reflect.get(payload, name);
  const [app, environment, build, digest, rollout] = FIELDS.map(read);
  const all = [app, environment, build, digest, rollout];
  if (!all.every((value) => typeof value === 'string')) return undefined;
  return { app, environment, build, digest, rollout } as DeploymentPayload;
}

const FIELDS = ['app', 'environment', 'build', 'digest', 'rollout'] as const;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSame({ payload }: Listed, wanted: DeploymentPayload): boolean {
  const present = readPayload(payload);
  return present !== undefined && FIELDS.every((field) => present[field] === wanted[field]);
}

/** With `auto_merge: false` GitHub always answers with a deployment; its types allow a merge's message. */
function required(data: Listed | { readonly message?: string }): Listed {
  if ('id' in data) return data;
  throw new Error(`GitHub answered without a deployment: ${data.message ?? ''}`);
}
