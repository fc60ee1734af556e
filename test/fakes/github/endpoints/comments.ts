import * as z from 'zod';
import { nodeId, renderApp, renderUser, stamp, type Schema } from '../bodies.ts';
import { endpoint, invalid, notFound, pageOf, Refusal, type Call } from '../endpoint.ts';
import type { CommentState, State } from '../state.ts';

const LIMIT = 65_536;
const OF_ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const ONE = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
const READ = ['issues=read', 'pull_requests=read'];
const WRITE = ['issues=write', 'pull_requests=write'];
const Text = z.strictObject({ body: z.string() });

export const comments = [
  endpoint(`GET ${OF_ISSUE}`, READ, (call) => {
    const issue = findIssue(call);
    const since = call.query.get('since');
    const all = call.state.comments
      .filter((one) => one.issue === issue)
      .filter(({ updatedAt }) => since === null || updatedAt >= new Date(since));
    return {
      status: 200,
      body: pageOf(
        all.map((one) => render(one, call.state)),
        call,
      ),
    };
  }),

  endpoint(
    `POST ${OF_ISSUE}`,
    WRITE,
    (call, { body }) => {
      const { state, token } = call;
      const made: CommentState = {
        id: state.nextId(),
        issue: findIssue(call),
        author: token.identity,
        createdAt: state.now(),
        updatedAt: state.now(),
        body: check(body),
      };
      state.comments.push(made);
      return { status: 201, body: render(made, state) };
    },
    Text,
  ),

  endpoint(`GET ${ONE}`, READ, (call) => ({
    status: 200,
    body: render(findComment(call), call.state),
  })),

  endpoint(
    `PATCH ${ONE}`,
    WRITE,
    (call, { body }) => {
      const found = findComment(call);
      found.body = check(body);
      found.updatedAt = call.state.now();
      return { status: 200, body: render(found, call.state) };
    },
    Text,
  ),

  endpoint(`DELETE ${ONE}`, WRITE, (call) => {
    call.state.comments.splice(call.state.comments.indexOf(findComment(call)), 1);
    return { status: 204 };
  }),
];

function findIssue({ state, params }: Call): number {
  const number = Number(params['issue_number']);
  if (state.pulls.every((pull) => pull.number !== number)) throw notFound();
  return number;
}

function findComment({ state, params }: Call): CommentState {
  const found = state.comments.find(({ id }) => id === Number(params['comment_id']));
  if (found === undefined) throw notFound();
  return found;
}

/** GitHub wants at least one character. Whether it counts code points or UTF-16 units is not documented: the stricter. */
function check(body: string): string {
  if (body.trim() === '') {
    throw invalid('IssueComment', { code: 'missing_field', field: 'body' });
  }
  if (body.length <= LIMIT) return body;
  throw new Refusal(422, 'Validation Failed', {
    errors: [
      {
        resource: 'IssueComment',
        code: 'unprocessable',
        field: 'data',
        message: `Body is too long (maximum is ${LIMIT} characters)`,
      },
    ],
  });
}

function render(comment: CommentState, state: State): Schema<'issue-comment'> {
  const { id, issue, author, createdAt, updatedAt, body } = comment;
  const { links, repository } = state;
  const home = `${repository.owner}/${repository.name}`;
  return {
    id,
    node_id: nodeId('IC', id),
    url: `${links.api}/repos/${home}/issues/comments/${id}`,
    html_url: `${links.html}/${home}/pull/${issue}#issuecomment-${id}`,
    issue_url: `${links.api}/repos/${home}/issues/${issue}`,
    user: renderUser(author, links),
    created_at: stamp(createdAt),
    updated_at: stamp(updatedAt),
    body,
    author_association: author.app === undefined ? 'MEMBER' : 'NONE',
    performed_via_github_app: renderApp(author, links),
  };
}
