import * as z from 'zod';
import { nodeId, renderUser, stamp, type Schema } from '../bodies.ts';
import { endpoint, invalid, notFound, pageOf, type Call } from '../endpoint.ts';
import type { PullState, State } from '../state.ts';

const HOME = '/repos/{owner}/{repo}';
const READ = ['issues=read', 'pull_requests=read'];
const WRITE = ['issues=write', 'pull_requests=write'];
const Create = z.strictObject({
  name: z.string().min(1).max(50),
  color: z
    .string()
    .regex(/^[0-9a-fA-F]{6}$/)
    .optional(),
  description: z.string().max(100).optional(),
});

export const labels = [
  endpoint(`GET ${HOME}/labels/{name}`, READ, ({ state, params }) => {
    const name = params['name'] ?? '';
    if (!state.labels.has(name)) throw notFound();
    return { status: 200, body: renderLabel(name, state) };
  }),
  endpoint(
    `POST ${HOME}/labels`,
    WRITE,
    ({ state }, { name, color = 'ededed', description = null }) => {
      if (state.labels.has(name)) {
        throw invalid('Label', { code: 'already_exists', field: 'name' });
      }
      state.labels.set(name, { id: state.nextId(), name, color, description });
      return { status: 201, body: renderLabel(name, state) };
    },
    Create,
  ),
  endpoint(
    `POST ${HOME}/issues/{issue_number}/labels`,
    WRITE,
    (call, body) => {
      const { state } = call;
      const pull = findIssue(call);
      for (const name of Array.isArray(body) ? body : body.labels) {
        if (!state.labels.has(name)) {
          state.labels.set(name, { id: state.nextId(), name, color: 'ededed', description: null });
        }
        pull.labels.add(name);
      }
      return { status: 200, body: [...pull.labels].map((name) => renderLabel(name, state)) };
    },
    z.union([z.strictObject({ labels: z.array(z.string()).min(1) }), z.array(z.string()).min(1)]),
  ),
  endpoint(`GET ${HOME}/issues`, READ, (call) => {
    const { state, query } = call;
    const wanted = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
    const open = query.get('state') ?? 'open';
    const found = state.pulls
      .filter((pull) => open === 'all' || pull.state === open)
      .filter((pull) => wanted.every((name) => pull.labels.has(name)));
    return {
      status: 200,
      body: pageOf(
        found.toReversed().map((one) => renderIssue(one, state)),
        call,
      ),
    };
  }),
];

function findIssue({ state, params }: Call): PullState {
  const found = state.pulls.find(({ number }) => number === Number(params['issue_number']));
  if (found === undefined) throw notFound();
  return found;
}

export function renderLabel(
  name: string,
  { labels: known, links, repository }: State,
): Schema<'label'> {
  const { id, color, description } = known.get(name) ?? {
    id: 0,
    color: 'ededed',
    description: null,
  };
  const home = `${links.api}/repos/${repository.owner}/${repository.name}`;
  const url = `${home}/labels/${encodeURIComponent(name)}`;
  return { id, node_id: nodeId('LA', id), url, name, color, description, default: false };
}

/** To GitHub every pull request is an issue, too. */
function renderIssue(pull: PullState, state: State): Schema<'issue'> {
  const { links, repository, comments } = state;
  const home = `${links.api}/repos/${repository.owner}/${repository.name}`;
  const url = `${home}/issues/${pull.number}`;
  const page = `${links.html}/${repository.owner}/${repository.name}/pull/${pull.number}`;
  return {
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    url,
    repository_url: home,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    number: pull.number,
    state: pull.state,
    title: pull.title,
    body: pull.body,
    user: renderUser(pull.author, links),
    labels: [...pull.labels].map((name) => renderLabel(name, state)),
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    comments: comments.filter(({ issue }) => issue === pull.number).length,
    pull_request: {
      url: `${home}/pulls/${pull.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: pull.mergeCommit === undefined ? null : stamp(pull.updatedAt),
    },
    closed_at: pull.closedAt === undefined ? null : stamp(pull.closedAt),
    created_at: stamp(pull.createdAt),
    updated_at: stamp(pull.updatedAt),
    author_association: pull.author.app === undefined ? 'MEMBER' : 'NONE',
  };
}
