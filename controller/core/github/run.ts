/** The run of GitHub Actions that this process is part of, as its variables and its event tell. */
export interface GitHubRun {
  /** `owner/name`. */
  readonly repository: string;
  /** `pull_request`, `push`, `schedule`, ... */
  readonly eventName: string;
  /** Of a pull request the merge commit that GitHub tests; empty: the run is of no commit. */
  readonly sha: string;
  /** `refs/heads/main`, `refs/pull/7/merge`; empty as above. */
  readonly ref: string;
  readonly runUrl: string | undefined;
  /** Grows from run to run of a repository; the same when a run is repeated. */
  readonly runId?: number;
  readonly actor: string;
  /** The root of what is checked out, and where this process is in it; absent: nobody says. */
  readonly checkout?: { readonly root: string; readonly directory: string };
  readonly pullRequest?: EventPullRequest;
  /** Workflows that are started for pull requests which start none by themselves; absent: `plan.yml`. */
  readonly checkWorkflows?: readonly string[];
  /** What a person or a program gave along: `workflow_dispatch` inputs, `repository_dispatch` client_payload. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface EventPullRequest {
  readonly number: number;
  readonly headSha: string;
  /** A branch, perhaps of another repository. */
  readonly headRef: string;
  readonly baseRef: string;
  /** Its head is in another repository: GitHub gives such runs a token that only reads. */
  readonly isFork: boolean;
  /** `opened`, `synchronize`, `closed`, ... */
  readonly action: string;
  readonly isMerged: boolean;
}

/** What `--github` and `--event` need, for whoever has to say that it is missing. */
export const A_RUN =
  'a run of GitHub Actions, which sets GITHUB_REPOSITORY (owner/name), GITHUB_SHA and GITHUB_REF';

/** `owner/name` as GitHub allows it: what goes into the path of a request must be nothing else. */
export function isRepositoryName(text: string): boolean {
  return /^[\w-]+\/(?!\.{1,2}$)[\w.-]+$/.test(text);
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * `event`: the parsed file at GITHUB_EVENT_PATH, if there is one; `directory`: the one of this process.
 * undefined: this is no run of GitHub's.
 */
export function readRun(env: Env, event?: unknown, directory?: string): GitHubRun | undefined {
  const repository = env['GITHUB_REPOSITORY'] ?? '';
  if (!isRepositoryName(repository)) return undefined;
  const runId = Number(env['GITHUB_RUN_ID'] || Number.NaN);
  const root = env['GITHUB_WORKSPACE'];
  const pullRequest = readPullRequest(event);
  return {
    repository,
    eventName: env['GITHUB_EVENT_NAME'] ?? '',
    sha: env['GITHUB_SHA'] ?? '',
    ref: env['GITHUB_REF'] ?? '',
    runUrl: runUrlOf(env, repository),
    ...(Number.isSafeInteger(runId) && { runId }),
    actor: env['GITHUB_ACTOR'] || 'unknown',
    ...(root && directory && { checkout: { root, directory } }),
    ...(pullRequest && { pullRequest }),
    ...readCheckWorkflows(env),
    inputs: readInputs(event),
  };
}

/**
 * A path as GitHub knows it: from the root of the repository. What lies outside of it stays as it is.
 *
 * Worked example: `./policies/shop.yaml` of a job with `working-directory: releases` is
 * `releases/policies/shop.yaml`, and so is `/runner/acme/releases/policies/shop.yaml`.
 */
export function fromRoot({ checkout }: Pick<GitHubRun, 'checkout'>, path: string): string {
  const isAbsolute = /^([A-Za-z]:)?[\\/]/.test(path);
  const given = isAbsolute ? path : resolve(path);
  if (checkout === undefined) return given;
  const whole = resolve(isAbsolute ? path : `${checkout.directory}/${path}`);
  const root = `${resolve(checkout.root)}/`;
  return `${whole}/`.startsWith(root) ? whole.slice(root.length) : given;
}

/** Without `.`, `..` and doubled slashes. */
function resolve(path: string): string {
  const parts: string[] = [];
  for (const part of path.split(/[\\/]+/)) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/(?<=.)\/$/, '');
}

/**
 * The fast lane's, which is no run of GitHub's: it acts as a GitHub App, or not at all. Its policies lie in
 * `inputs.policies`, from the root of the repository.
 */
export function readFastLaneRun(env: Env): GitHubRun | undefined {
  const repository = env['HEADGATE_GITHUB_REPOSITORY'] ?? '';
  const isApp = Boolean(env['HEADGATE_GITHUB_APP_ID'] && env['HEADGATE_GITHUB_APP_KEY']);
  if (!isApp || !isRepositoryName(repository)) return undefined;
  return {
    repository,
    eventName: 'fast-lane',
    sha: '',
    ref: '',
    runUrl: undefined,
    actor: 'the fast lane',
    inputs: { policies: env['HEADGATE_GITHUB_POLICIES'] || 'policies' },
  };
}

/** `plan.yml, ci.yml`: names of files in `.github/workflows`. What goes into the path of a request is nothing else. */
function readCheckWorkflows(env: Env): Pick<GitHubRun, 'checkWorkflows'> {
  const names = (env['HEADGATE_CHECK_WORKFLOWS'] ?? '').split(',').map((name) => name.trim());
  const checkWorkflows = names.filter((name) => /^[\w.-]+\.ya?ml$/.test(name));
  return checkWorkflows.length > 0 ? { checkWorkflows } : {};
}

function runUrlOf(env: Env, repository: string): string | undefined {
  const run = env['GITHUB_RUN_ID'];
  if (!run) return undefined;
  const server = env['GITHUB_SERVER_URL'] || 'https://github.com';
  const attempt = env['GITHUB_RUN_ATTEMPT'] ?? '1';
  const url = `${server}/${repository}/actions/runs/${run}`;
  return attempt === '1' ? url : `${url}/attempts/${attempt}`;
}

function readPullRequest(event: unknown): EventPullRequest | undefined {
  const read = (...path: readonly string[]) => fieldOf(event, 'pull_request', ...path);
  const number = read('number');
  const headSha = textOf(read('head', 'sha'));
  if (typeof number !== 'number' || headSha === '') return undefined;
  // The fork may be deleted meanwhile: then its repository is null.
  const isFork = read('head', 'repo', 'id') !== read('base', 'repo', 'id');
  return {
    number,
    headSha,
    headRef: textOf(read('head', 'ref')),
    baseRef: textOf(read('base', 'ref')),
    isFork,
    action: textOf(fieldOf(event, 'action')),
    isMerged: read('merged') === true,
  };
}

/** Plain values only: what is nested is nobody's input. */
function readInputs(event: unknown): Readonly<Record<string, string>> {
  const given = fieldOf(event, 'inputs') ?? fieldOf(event, 'client_payload');
  if (typeof given !== 'object' || given === null) return {};
  const plain = Object.entries(given).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  );
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}
