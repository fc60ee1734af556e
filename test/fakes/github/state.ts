import type { KeyObject } from 'node:crypto';
import type { Identity, Links, RepositoryFacts, Schema } from './bodies.ts';
import type { Git } from './git.ts';

/** `{ issues: 'write' }`; write includes read. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

export interface Token {
  readonly identity: Identity;
  /** undefined: a person who may do everything. */
  readonly permissions: Permissions | undefined;
  readonly expires: Date | undefined;
}

export interface InstalledApp {
  readonly identity: Identity & { readonly app: object };
  readonly publicKey: KeyObject;
  readonly installation: number;
  readonly permissions: Permissions;
}

export interface PullState {
  readonly id: number;
  readonly number: number;
  readonly author: Identity;
  readonly createdAt: Date;
  readonly head: string;
  /** Commits of a fork are in our git too, as GitHub keeps them. */
  readonly fork: string | undefined;
  headSha: string;
  base: string;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  updatedAt: Date;
  closedAt: Date | undefined;
  mergeCommit: string | undefined;
  readonly labels: Set<string>;
}

export interface CommentState {
  readonly id: number;
  readonly issue: number;
  readonly author: Identity;
  readonly createdAt: Date;
  body: string;
  updatedAt: Date;
}

export interface CheckState {
  readonly id: number;
  readonly author: Identity;
  readonly startedAt: Date;
  readonly headSha: string;
  name: string;
  status: Schema<'check-run'>['status'];
  conclusion: Schema<'check-run'>['conclusion'];
  detailsUrl: string | null;
  externalId: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  completedAt: Date | undefined;
  readonly annotations: Schema<'check-annotation'>[];
}

export interface StatusState {
  readonly id: number;
  readonly creator: Identity;
  readonly createdAt: Date;
  readonly state: Schema<'deployment-status'>['state'];
  readonly description: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
}

export interface DeploymentState {
  readonly id: number;
  readonly creator: Identity;
  readonly createdAt: Date;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly payload: string | Record<string, unknown>;
  readonly environment: string;
  readonly description: string | null;
  readonly isTransient: boolean;
  readonly isProduction: boolean;
  /** Oldest first. */
  readonly statuses: StatusState[];
}

export interface LabelState {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface Dispatch {
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** One repository, and who may do what there. */
export interface State {
  links: Links;
  readonly git: Git;
  readonly tokens: Map<string, Token>;
  readonly apps: InstalledApp[];
  readonly pulls: PullState[];
  readonly comments: CommentState[];
  readonly checks: CheckState[];
  readonly deployments: DeploymentState[];
  readonly labels: Map<string, LabelState>;
  readonly dispatches: Dispatch[];
  /** Branches that a ruleset keeps from everybody but by pull request: `main`, `headgate/**`. */
  readonly protectedBranches: Set<string>;
  repository: RepositoryFacts;
  /** The setting "Allow GitHub Actions to create and approve pull requests". */
  actionsMayOpenPullRequests: boolean;
  now(): Date;
  /** GitHub's ids only grow. */
  nextId(): number;
}

export function isProtected({ protectedBranches }: State, branch: string): boolean {
  return [...protectedBranches].some((pattern) => {
    const parts = pattern.split('**').map((part) => part.replaceAll('*', '[^/]*'));
    return new RegExp(`^${parts.join('.*')}$`).test(branch);
  });
}

/** The branch moved: open pull requests of it have another head. */
export function moveBranch(state: State, branch: string, sha: string): void {
  state.git.setBranch(branch, sha);
  for (const pull of state.pulls) {
    if (pull.state === 'open' && pull.fork === undefined && pull.head === branch) {
      pull.headSha = sha;
      pull.updatedAt = state.now();
    }
  }
}
