import * as z from 'zod';
import { nodeId, type Schema } from '../bodies.ts';
import { endpoint, notFound, Refusal, type Call } from '../endpoint.ts';
import type { PullState, State } from '../state.ts';

const HOME = '/repos/{owner}/{repo}';
const WRITE = ['issues=write', 'pull_requests=write'];

export const labels = [
  endpoint(
    `POST ${HOME}/issues/{issue_number}/labels`,
    WRITE,
    (call, body) => {
      const { state } = call;
      const pull = findIssue(call);
      for (const name of Array.isArray(body) ? body : body.labels) {
        if (!state.labels.has(name)) {
          if (!mayMake(call)) throw new Refusal(403, MAKES_NONE, { errors: [UNAUTHORIZED] });
          state.labels.set(name, { id: state.nextId(), name, color: 'ededed', description: null });
        }
        pull.labels.add(name);
      }
      return { status: 200, body: [...pull.labels].map((name) => renderLabel(name, state)) };
    },
    z.union([z.strictObject({ labels: z.array(z.string()).min(1) }), z.array(z.string()).min(1)]),
  ),
];

/** Observed since 2025 (actions/labeler#870), though `pull_requests=write` is documented to be enough. */
function mayMake({ token: { permissions } }: Call): boolean {
  return permissions === undefined || permissions['issues'] === 'write';
}

const MAKES_NONE = 'You do not have permission to create labels on this repository.';
const UNAUTHORIZED = { resource: 'Repository', field: 'label', code: 'unauthorized' };

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
