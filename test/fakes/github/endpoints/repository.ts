import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { parse } from 'yaml';
import { renderRepository, renderUser, stamp, type Identity, type Schema } from '../bodies.ts';
import { endpoint, notFound, Refusal, type Answer, type Call } from '../endpoint.ts';
import type { InstalledApp, Permissions, State } from '../state.ts';

const HOME = '/repos/{owner}/{repo}';
const HOUR = 3_600_000;

export const repository = [
  endpoint(`GET ${HOME}`, ['metadata=read'], ({ state }) => ({
    status: 200,
    body: renderFull(state),
  })),
  endpoint(
    `POST ${HOME}/actions/workflows/{workflow_id}/dispatches`,
    ['actions=write'],
    dispatch,
    z.strictObject({
      ref: z.string().min(1),
      inputs: z.record(z.string(), z.string()).default({}),
    }),
  ),
  endpoint(`GET /user`, ['user'], ({ state, token }) => ({
    status: 200,
    body: renderPublicUser(token.identity, state),
  })),
  endpoint(`GET /app`, ['app'], (call) => ({ status: 200, body: renderOwnApp(call) })),
  endpoint(`GET ${HOME}/installation`, ['app'], (call) => ({
    status: 200,
    body: renderInstallation(findApp(call), call.state),
  })),
  endpoint(
    `POST /app/installations/{installation_id}/access_tokens`,
    ['app'],
    handOut,
    z
      .strictObject({
        permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
        repositories: z.array(z.string()).optional(),
        repository_ids: z.array(z.int()).optional(),
      })
      .optional(),
  ),
];

function renderFull(state: State): Schema<'full-repository'> {
  const plain = renderRepository(state.repository, state.links);
  return {
    ...plain,
    has_discussions: false,
    pushed_at: plain.created_at ?? '',
    created_at: plain.created_at ?? '',
    updated_at: plain.created_at ?? '',
    subscribers_count: 0,
    network_count: 0,
  };
}

function renderPublicUser(identity: Identity, { links }: State): Schema<'public-user'> {
  const { user_view_type: _, starred_at: __, ...plain } = renderUser(identity, links);
  return {
    ...plain,
    name: identity.login,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2025-01-01T00:00:00Z',
    updated_at: '2025-01-01T00:00:00Z',
  };
}

interface WorkflowFile {
  readonly on?: Readonly<Record<string, { readonly inputs?: object } | null>>;
}

/** Only a workflow that is on the default branch and has the trigger on the ref's branch can be started. */
function dispatch(
  { state, params }: Call,
  body: { ref: string; inputs: Record<string, string> },
): Answer {
  const workflow = params['workflow_id'] ?? '';
  const path = `.github/workflows/${workflow}`;
  const main = state.git.find(state.repository.defaultBranch);
  if (main?.files[path] === undefined) throw notFound();
  const text = state.git.find(body.ref)?.files[path];
  if (state.git.find(body.ref) === undefined) {
    throw new Refusal(422, `No ref found for: ${body.ref}`);
  }
  const file = parse(text ?? '') as WorkflowFile | null;
  const trigger = file?.on?.['workflow_dispatch'];
  if (trigger === undefined) {
    throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  const unknown = Object.keys(body.inputs).filter((name) => !(name in (trigger?.inputs ?? {})));
  if (unknown.length > 0) {
    throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  }
  state.dispatches.push({ workflow, ref: body.ref, inputs: body.inputs });
  return { status: 204 };
}

/** The server has checked the JWT, and that the App is known. */
function findApp({ state, token }: Call): InstalledApp {
  const found = state.apps.find(({ identity }) => identity.login === token.identity.login);
  if (found === undefined) throw notFound();
  return found;
}

function renderOwnApp(call: Call): Schema<'integration'> {
  const { identity, permissions } = findApp(call);
  const { app } = identity;
  const page = `${call.state.links.html}/apps/${app.slug}`;
  return {
    id: app.id,
    slug: app.slug,
    node_id: `A_${app.id}`,
    client_id: `Iv23${app.id}`,
    owner: renderUser(
      { login: call.state.repository.owner, id: 9, app: undefined },
      call.state.links,
    ),
    name: app.name,
    description: null,
    external_url: 'https://example.com',
    html_url: page,
    created_at: stamp(call.state.now()),
    updated_at: stamp(call.state.now()),
    permissions,
    events: [],
    installations_count: 1,
  };
}

function renderInstallation(
  { identity, installation, permissions }: InstalledApp,
  { links, repository: { owner }, now }: State,
): Schema<'installation'> {
  const url = `${links.api}/app/installations/${installation}`;
  return {
    id: installation,
    account: renderUser({ login: owner, id: 9, app: undefined }, links),
    repository_selection: 'selected',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${links.api}/installation/repositories`,
    html_url: `${links.html}/organizations/${owner}/settings/installations/${installation}`,
    app_id: identity.app.id,
    app_slug: identity.app.slug,
    target_id: 9,
    target_type: 'Organization',
    permissions,
    events: [],
    created_at: stamp(now()),
    updated_at: stamp(now()),
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}

function handOut(call: Call, body: { permissions?: Permissions | undefined } | undefined): Answer {
  const { state, params } = call;
  const app = findApp(call);
  if (Number(params['installation_id']) !== app.installation) throw notFound();
  const wanted = body?.permissions ?? app.permissions;
  const tooMuch = Object.entries(wanted).some(
    ([name, level]) => app.permissions[name] !== 'write' && app.permissions[name] !== level,
  );
  if (tooMuch) {
    throw new Refusal(422, 'The permissions requested are not granted to this installation.');
  }
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const expires = new Date(state.now().getTime() + HOUR);
  state.tokens.set(token, { identity: app.identity, permissions: wanted, expires });
  const made: Schema<'installation-token'> = {
    token,
    expires_at: stamp(expires),
    permissions: wanted,
    repository_selection: 'selected',
  };
  return { status: 201, body: made };
}
