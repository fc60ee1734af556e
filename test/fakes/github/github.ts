import { createPublicKey, randomBytes } from 'node:crypto';
import { listen } from '../../../controller/local/http/listen.ts';
import { REVERT_LABEL } from '../../../controller/core/github/revert.ts';
import type { Identity } from './bodies.ts';
import { addPull } from './endpoints/pulls.ts';
import { full } from '../../depth.ts';
import { loadDescription } from './description.ts';
import { createFaults, type Faults } from './faults.ts';
import { createGit, type Changes, type Git } from './git.ts';
import { createGitHubServer, type Asked, type Counters } from './server.ts';
import {
  moveBranch,
  type InstalledApp,
  type Permissions,
  type PullState,
  type State,
} from './state.ts';

/** GitHub for one repository, over HTTP on a port of its own. Tests look at `state` and change it. */
export interface FakeGitHub {
  /** For GITHUB_API_URL. */
  readonly url: string;
  /** `acme/releases`, for GITHUB_REPOSITORY. */
  readonly repository: string;
  readonly state: State;
  readonly git: Git;
  readonly faults: Faults;
  /** All requests that got an answer, or would have. */
  readonly asked: readonly Asked[];
  /** What a workflow has in GITHUB_TOKEN, with the `permissions:` of its job; others are none. */
  workflowToken(permissions: Permissions): string;
  /** A personal token; a person may do everything unless told otherwise. */
  personToken(login: string, permissions?: Permissions): string;
  installApp(options: {
    readonly slug: string;
    /** PEM, private or public. */
    readonly key: string;
    readonly permissions: Permissions;
  }): { readonly appId: number; readonly installation: number };
  /** A commit by a person, on the branch or, when there is none, on a new one from the default branch. */
  push(branch: string, changes: Changes, message?: string): string;
  openPullRequest(options: {
    readonly head: string;
    readonly title: string;
    readonly base?: string;
    readonly body?: string;
    readonly author?: string;
    /** The owner of the fork it comes from; `owner/name` where that has another name. */
    readonly fork?: string;
  }): PullState;
  /** Presses the button: a merge commit on the base. Throws where GitHub would show a conflict. */
  merge(number: number): string;
  /** The commit at `refs/pull/<number>/merge`, which runs of a pull request test. */
  testMerge(number: number): string;
  /** Renames it everywhere, as Settings does; pull requests follow. */
  renameBranch(from: string, to: string): void;
  commentAs(login: string, issue: number, body: string): number;
  deleteComment(id: number): void;
  /** Refuses connections until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  /**
   * Fails when somebody asked for something the fake does not know; at full depth also when a request or an
   * answer is not as GitHub's OpenAPI description has it.
   */
  close(): Promise<void>;
}

const GITHUB_ACTIONS: Identity = {
  login: 'github-actions[bot]',
  id: 41_898_282,
  app: { id: 15_368, slug: 'github-actions', name: 'GitHub Actions' },
};

export interface FakeGitHubOptions {
  readonly repository?: string;
  readonly defaultBranch?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** `/api/v3`: as on Enterprise Server. */
  readonly prefix?: string;
  readonly now?: () => Date;
}

export async function startGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const { prefix = '', now = () => new Date() } = options;
  const state = createState(options, now);
  const counters: Counters = { asked: [], unknown: [], limit: 5000 };
  const faults = createFaults();
  const create = () => createGitHubServer({ state, faults, counters, prefix });
  let server = await listen(0, create);
  const { port } = server;
  const url = `http://localhost:${port}${prefix}`;
  state.links = { ...state.links, api: url };
  let isUp = true;
  const down = async () => {
    if (isUp) await server.close();
    isUp = false;
  };
  return {
    url,
    repository: `${state.repository.owner}/${state.repository.name}`,
    state,
    git: state.git,
    faults,
    asked: counters.asked,
    ...identities(state),
    ...people(state),
    down,
    async up() {
      server = await listen(port, create);
      isUp = true;
    },
    async close() {
      await down();
      const wrong = full ? await findViolations(counters.asked) : [];
      const complaints = [...counters.unknown.map((one) => `${one}: the fake has none`), ...wrong];
      if (complaints.length === 0) return;
      throw new Error(`not as GitHub is described:\n${complaints.join('\n')}`);
    },
  };
}

/** Both sides are held to what GitHub has published: our client in what it asks, the fake in what it answers. */
async function findViolations(asked: readonly Asked[]): Promise<readonly string[]> {
  if (asked.length === 0) return [];
  const description = await loadDescription();
  return [...new Set(asked.flatMap((one) => description.violations(one)))];
}

function createState(options: FakeGitHubOptions, now: () => Date): State {
  const {
    repository = 'acme/releases',
    defaultBranch = 'main',
    files = { 'README.md': '' },
  } = options;
  const [owner = '', name = ''] = repository.split('/');
  let id = 1000;
  const git = createGit();
  const first = git.commit({ on: [], files, message: 'First', author: 'ada', date: now() });
  git.setBranch(defaultBranch, first.sha);
  return {
    links: { api: '', html: 'https://github.com' },
    git,
    tokens: new Map(),
    apps: [],
    pulls: [],
    comments: [],
    checks: [],
    deployments: [],
    // Made once, by hand: see CONTRIBUTING.
    labels: new Map([
      [REVERT_LABEL, { id: 76, name: REVERT_LABEL, color: 'ededed', description: null }],
    ]),
    dispatches: [],
    protectedBranches: new Set([defaultBranch]),
    repository: { id: 77, owner, name, defaultBranch, isFork: false },
    actionsMayOpenPullRequests: true,
    now,
    nextId: () => (id += 1),
  };
}

const personOf = (login: string): Identity => ({ login, id: login.length * 100, app: undefined });

function identities(
  state: State,
): Pick<FakeGitHub, 'workflowToken' | 'personToken' | 'installApp'> {
  const store = (prefix: string, identity: Identity, permissions: Permissions | undefined) => {
    const token = `${prefix}_${randomBytes(18).toString('hex')}`;
    state.tokens.set(token, { identity, permissions, expires: undefined });
    return token;
  };
  return {
    workflowToken: (permissions) => store('ghs', GITHUB_ACTIONS, permissions),
    personToken: (login, permissions) => store('ghp', personOf(login), permissions),
    installApp({ slug, key, permissions }) {
      const id = 500_000 + state.apps.length;
      const identity = { login: `${slug}[bot]`, id: id * 10, app: { id, slug, name: slug } };
      const installation = id + 1_000_000;
      const app: InstalledApp = {
        identity,
        publicKey: createPublicKey(key),
        installation,
        permissions,
      };
      state.apps.push(app);
      return { appId: id, installation };
    },
  };
}

type People = Pick<
  FakeGitHub,
  | 'push'
  | 'openPullRequest'
  | 'merge'
  | 'testMerge'
  | 'renameBranch'
  | 'commentAs'
  | 'deleteComment'
>;

function people(state: State): People {
  const { git } = state;
  return {
    push(branch, changes, message = 'Change') {
      const on = git.find(`refs/heads/${branch}`) ?? git.find(state.repository.defaultBranch)!;
      const files = Object.entries({ ...on.files, ...changes });
      const left = Object.fromEntries(files.filter(([, text]) => text !== null)) as Record<
        string,
        string
      >;
      const made = git.commit({
        on: [on.sha],
        files: left,
        message,
        author: 'ada',
        date: state.now(),
      });
      moveBranch(state, branch, made.sha);
      return made.sha;
    },
    openPullRequest({
      head,
      title,
      base = state.repository.defaultBranch,
      body,
      author = 'ada',
      fork,
    }) {
      const headSha = git.branches.get(head);
      if (headSha === undefined) throw new Error(`no branch ${head}: push it first`);
      return addPull(state, personOf(author), { title, head, headSha, base, body, fork });
    },
    merge: (number) => merge(state, number),
    testMerge: (number) => commitMerge(state, findOpen(state, number)),
    renameBranch(from, to) {
      git.setBranch(to, git.branches.get(from)!);
      git.removeBranch(from);
      for (const pull of state.pulls) if (pull.base === from) pull.base = to;
      if (state.protectedBranches.delete(from)) state.protectedBranches.add(to);
      if (state.repository.defaultBranch === from) {
        state.repository = { ...state.repository, defaultBranch: to };
      }
    },
    commentAs(login, issue, body) {
      const [id, at] = [state.nextId(), state.now()];
      state.comments.push({
        id,
        issue,
        author: personOf(login),
        createdAt: at,
        updatedAt: at,
        body,
      });
      return id;
    },
    deleteComment(id) {
      const at = state.comments.findIndex((comment) => comment.id === id);
      if (at === -1) throw new Error(`no comment ${id}`);
      state.comments.splice(at, 1);
    },
  };
}

function findOpen({ pulls }: State, number: number): PullState {
  const pull = pulls.find((one) => one.number === number && one.state === 'open');
  if (pull === undefined) throw new Error(`no open pull request ${number}`);
  return pull;
}

function commitMerge(state: State, pull: PullState): string {
  const { git } = state;
  const base = git.branches.get(pull.base)!;
  const files = git.merge(base, pull.headSha);
  if (files === undefined)
    throw new Error(`pull request ${pull.number} conflicts with ${pull.base}`);
  const message = `Merge pull request #${pull.number} from ${pull.head}\n\n${pull.title}`;
  const on = [base, pull.headSha];
  return git.commit({ on, files, message, author: 'ada', date: state.now() }).sha;
}

function merge(state: State, number: number): string {
  const pull = findOpen(state, number);
  const sha = commitMerge(state, pull);
  moveBranch(state, pull.base, sha);
  pull.state = 'closed';
  pull.closedAt = state.now();
  pull.mergeCommit = sha;
  return sha;
}
