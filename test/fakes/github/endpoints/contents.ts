import * as z from 'zod';
import { stamp, type Schema } from '../bodies.ts';
import { endpoint, invalid, notFound, Refusal, type Answer, type Call } from '../endpoint.ts';
import { hashBlob, type Commit } from '../git.ts';
import { isProtected, moveBranch, type State } from '../state.ts';

const HOME = '/repos/{owner}/{repo}';
const RULE = 'Repository rule violations found\n\n';

const Put = z.strictObject({
  message: z.string().min(1),
  content: z.base64(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  committer: z
    .strictObject({ name: z.string(), email: z.string(), date: z.string().optional() })
    .optional(),
  author: z
    .strictObject({ name: z.string(), email: z.string(), date: z.string().optional() })
    .optional(),
});

export const contents = [
  endpoint(`GET ${HOME}/contents/{path}`, ['contents=read'], read),
  endpoint(`PUT ${HOME}/contents/{path}`, ['contents=write'], write, Put),
  endpoint(`GET ${HOME}/git/ref/{ref}`, ['contents=read'], ({ state, params }) => {
    const branch = branchOf(`refs/${params['ref']}`);
    const sha = state.git.branches.get(branch);
    if (sha === undefined) throw notFound();
    return { status: 200, body: renderRef(branch, sha, state) };
  }),
  endpoint(
    `POST ${HOME}/git/refs`,
    ['contents=write'],
    ({ state }, { ref, sha }) => {
      const branch = branchOf(ref);
      if (state.git.find(sha)?.sha !== sha) throw new Refusal(422, 'Object does not exist');
      if (state.git.branches.has(branch)) throw new Refusal(422, 'Reference already exists');
      if (isProtected(state, branch)) {
        throw new Refusal(422, `${RULE}Cannot create ref due to creations being restricted.\n\n`);
      }
      moveBranch(state, branch, sha);
      return { status: 201, body: renderRef(branch, sha, state) };
    },
    z.strictObject({ ref: z.string(), sha: z.string().regex(/^[0-9a-f]{40}$/) }),
  ),
  endpoint(`DELETE ${HOME}/git/refs/{ref}`, ['contents=write'], ({ state, params }) => {
    const branch = branchOf(`refs/${params['ref']}`);
    if (!state.git.branches.has(branch)) throw new Refusal(422, 'Reference does not exist');
    state.git.removeBranch(branch);
    return { status: 204 };
  }),
];

/** Of tags and notes there are none here. */
function branchOf(ref: string): string {
  const [, branch] = /^refs\/heads\/(.+)$/.exec(ref) ?? [];
  if (branch === undefined)
    throw new Refusal(422, 'Reference name must start with refs/heads/ here');
  return branch;
}

function renderRef(branch: string, sha: string, state: State): Schema<'git-ref'> {
  const home = homeOf(state);
  return {
    ref: `refs/heads/${branch}`,
    node_id: `REF_${branch}`,
    url: `${home}/git/refs/heads/${branch}`,
    object: { type: 'commit', sha, url: `${home}/git/commits/${sha}` },
  };
}

function read({ state, params, query, accept }: Call): Answer {
  const ref = query.get('ref') ?? state.repository.defaultBranch;
  const commit = state.git.find(ref);
  if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const path = params['path'] ?? '';
  const text = commit.files[path];
  if (text === undefined) return { status: 200, body: listDirectory(path, commit, state) };
  if (accept.includes('raw')) return { status: 200, body: text };
  const content = Buffer.from(text).toString('base64').replace(/.{60}/g, '$&\n');
  const entry = renderEntry('file', path, state);
  return {
    status: 200,
    body: {
      ...entry,
      type: 'file',
      encoding: 'base64',
      size: Buffer.byteLength(text),
      sha: hashBlob(text),
      content: `${content}\n`,
    } satisfies Schema<'content-file'>,
  };
}

function listDirectory(
  directory: string,
  { files }: Commit,
  state: State,
): Schema<'content-directory'> {
  const prefix = directory === '' ? '' : `${directory}/`;
  const inside = Object.keys(files).filter((path) => path.startsWith(prefix));
  if (inside.length === 0) throw notFound();
  const names = new Set(inside.map((path) => path.slice(prefix.length).split('/')[0] ?? ''));
  return [...names].toSorted().map((name) => {
    const text = files[prefix + name];
    return {
      ...renderEntry(text === undefined ? 'dir' : 'file', prefix + name, state),
      size: text === undefined ? 0 : Buffer.byteLength(text),
      sha: hashBlob(text ?? name),
    };
  });
}

function renderEntry<Type extends 'file' | 'dir'>(type: Type, path: string, state: State) {
  const url = `${homeOf(state)}/contents/${path}`;
  return {
    type,
    name: path.split('/').at(-1) ?? '',
    path,
    url,
    git_url: null,
    html_url: null,
    download_url: null,
    _links: { git: null, html: null, self: url },
  };
}

function write({ state, params, token }: Call, body: z.infer<typeof Put>): Answer {
  const path = params['path'] ?? '';
  const branch = body.branch ?? state.repository.defaultBranch;
  const head = state.git.find(`refs/heads/${branch}`);
  if (head === undefined) throw new Refusal(404, `Branch ${branch} not found`);
  if (isProtected(state, branch)) {
    throw new Refusal(409, `${RULE}Changes must be made through a pull request.\n\n`);
  }
  const before = head.files[path];
  if (before !== undefined && body.sha === undefined) {
    throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  }
  if (body.sha !== undefined && body.sha !== hashBlob(before ?? '')) {
    throw new Refusal(409, `${path} does not match ${body.sha}`);
  }
  if (path === '' || path.endsWith('/'))
    throw invalid('Commit', { code: 'invalid', field: 'path' });
  const text = Buffer.from(body.content, 'base64').toString();
  const commit = state.git.commit({
    on: [head.sha],
    files: { ...head.files, [path]: text },
    message: body.message,
    author: body.author?.name ?? token.identity.login,
    date: state.now(),
  });
  moveBranch(state, branch, commit.sha);
  return {
    status: before === undefined ? 201 : 200,
    body: renderCommit(path, text, commit, state, body),
  };
}

function renderCommit(
  path: string,
  text: string,
  commit: Commit,
  state: State,
  body: z.infer<typeof Put>,
): Schema<'file-commit'> {
  const home = homeOf(state);
  const url = `${home}/git/commits/${commit.sha}`;
  // What a bot commits over the API GitHub signs, unless the request names an author of its own.
  const isSigned = body.author === undefined && body.committer === undefined;
  const who = {
    date: stamp(commit.date),
    name: commit.author,
    email: `${commit.author}@users.noreply.github.com`,
  };
  return {
    content: {
      ...renderEntry('file', path, state),
      sha: hashBlob(text),
      size: Buffer.byteLength(text),
      git_url: `${home}/git/blobs/${hashBlob(text)}`,
      html_url: `${home}/blob/${path}`,
      download_url: `${home}/raw/${path}`,
      _links: {
        self: `${home}/contents/${path}`,
        git: `${home}/git/blobs/${hashBlob(text)}`,
        html: `${home}/blob/${path}`,
      },
    },
    commit: {
      sha: commit.sha,
      node_id: `C_${commit.sha}`,
      url,
      html_url: url,
      author: who,
      committer: who,
      message: commit.message,
      tree: { url: `${home}/git/trees/${commit.tree}`, sha: commit.tree },
      parents: commit.parents.map((sha) => ({
        url: `${home}/git/commits/${sha}`,
        html_url: url,
        sha,
      })),
      verification: {
        verified: isSigned,
        reason: isSigned ? 'valid' : 'unsigned',
        signature: isSigned ? '-----BEGIN PGP SIGNATURE-----' : null,
        payload: isSigned ? `tree ${commit.tree}` : null,
        verified_at: isSigned ? stamp(commit.date) : null,
      },
    },
  };
}

function homeOf({ links, repository }: State): string {
  return `${links.api}/repos/${repository.owner}/${repository.name}`;
}
