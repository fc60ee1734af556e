/**
 * GitHub as the control panel. Nothing here keeps a release or a rollback waiting: what goes wrong is
 * thrown as a HeadgateError, said once, and made good by the next run.
 */
import type {
  Deployment,
  DeploymentPayload,
  DeploymentState,
  DeploymentStatus,
} from '../core/github/deployment.ts';
import type { Annotation } from '../core/report/comment/annotations.ts';

/** A pull request, as far as anybody here asks. */
export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly isMerged: boolean;
  /** Branch it comes from, without `refs/heads/`. */
  readonly head: string;
  readonly headSha: string;
  readonly base: string;
}

/** One comment of a pull request that is found again by its first line, a `<!-- headgate:... -->`. */
export interface Comments {
  /** The newest of ours with this marker; undefined: there is none (any more). */
  find(pullRequest: number, marker: string): Promise<Comment | undefined>;
  /**
   * Creates it, or puts it in the place of `comment`; `body` starts with the marker. Where `comment` was deleted
   * meanwhile there is a new one; of two that were created at once the newer stays.
   */
  write(pullRequest: number, body: string, comment?: Comment): Promise<Comment>;
}

export interface Comment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
}

export interface Checks {
  /** Shows the result beside the commit; lines of policies get its annotations, however many. */
  publish(check: Check): Promise<void>;
}

export interface Check {
  /** What branch protection may require. */
  readonly name: string;
  readonly commit: string;
  readonly conclusion: 'success' | 'neutral' | 'failure' | 'action_required';
  readonly title: string;
  /** Markdown, at most 65,535 bytes. */
  readonly summary: string;
  readonly detailsUrl?: string;
  /** Their paths from the root of the repository. */
  readonly annotations: readonly Annotation[];
}

export type { Deployment, DeploymentPayload, DeploymentState, DeploymentStatus };

export interface Deployments {
  /** The newest of an environment, ours and others', newest first, at most 20: one request. */
  list(environment: string): Promise<readonly Deployment[]>;
  /** The newest status of one, a request of its own; undefined: it has none. */
  status(id: number): Promise<DeploymentStatus | undefined>;
  create(deployment: {
    readonly ref: string;
    readonly payload: DeploymentPayload;
    readonly description: string;
    readonly isProduction: boolean;
  }): Promise<Deployment>;
  /** Adds a status; it makes no other deployment inactive. */
  setState(
    id: number,
    status: DeploymentStatus & { readonly environmentUrl?: string; readonly logUrl?: string },
  ): Promise<void>;
}

export interface ChangedFile {
  /** From the root of the repository. */
  readonly path: string;
  /** Lines. */
  readonly added: number;
  readonly deleted: number;
}

export interface PullRequests {
  /** Those that have, or had, this branch as head; newest first. */
  ofBranch(branch: string): Promise<readonly PullRequest[]>;
  /** Open ones whose branch begins so, whatever became of their labels; none of forks. */
  openBelow(prefix: string): Promise<readonly PullRequest[]>;
  /** undefined: there is none of this number, as far as this identity may see. */
  stateOf(number: number): Promise<PullRequest['state'] | undefined>;
  /** Those that brought this commit. */
  ofCommit(commit: string): Promise<readonly PullRequest[]>;
  /** ConflictError: there is an open one of this branch already. */
  open(request: {
    readonly head: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }): Promise<PullRequest>;
  /** What merging it changes. */
  files(number: number): Promise<readonly ChangedFile[]>;
  /** Makes the label where the repository has none of that name, if this identity may. */
  addLabel(number: number, label: string): Promise<void>;
  /** With a last comment that says why; nothing where it is closed already. */
  close(number: number, why: string): Promise<void>;
}

export interface Repository {
  /** The branch that is reconciled unless somebody says otherwise: never guessed, it may be renamed. */
  defaultBranch(): Promise<string>;
  /** The commit a branch is at; undefined: there is no such branch. */
  head(branch: string): Promise<string | undefined>;
  /** undefined: no such file there. */
  readFile(
    path: string,
    ref: string,
  ): Promise<{ readonly text: string; readonly sha: string } | undefined>;
  /** Names of the files in a directory, without its directories; empty: no such directory. */
  listFiles(directory: string, ref: string): Promise<readonly string[]>;
  /**
   * A branch from `from` with one commit that changes one file; where the branch is there already, with
   * this text, that is what it says. ConflictError when it has other text.
   */
  commitFile(change: {
    readonly branch: string;
    readonly from: string;
    readonly path: string;
    readonly text: string;
    /** Of the file at `from`. */
    readonly sha: string;
    readonly message: string;
  }): Promise<void>;
  /** Starts a workflow (`plan.yml`) on a branch: pull requests of GITHUB_TOKEN start none by themselves. */
  dispatch(
    workflow: string,
    branch: string,
    inputs: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Whether pull requests that this identity opens start workflows by themselves. */
  startsWorkflows(): Promise<boolean>;
}

/** All of it; one repository, the one the run belongs to. */
export interface GitHub {
  readonly comments: Comments;
  readonly checks: Checks;
  readonly deployments: Deployments;
  readonly pullRequests: PullRequests;
  readonly repository: Repository;
}
