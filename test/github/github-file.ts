import { parse } from 'yaml';

/** Our own rules for workflows and actions, beyond what GitHub's parser checks. Each returns its complaints. */
export type Rule = (file: GitHubFile) => string[];

export interface GitHubFile {
  readonly name: string;
  readonly text: string;
  readonly content: Workflow;
}

interface Workflow {
  readonly on?: unknown;
  readonly env?: unknown;
  readonly permissions?: Readonly<Record<string, string>> | string;
  readonly concurrency?: Concurrency;
  readonly jobs?: Readonly<Record<string, Job>>;
  /** Of a composite action. */
  readonly runs?: { readonly steps: readonly Step[] };
}

interface Concurrency {
  readonly group?: unknown;
  readonly 'cancel-in-progress'?: unknown;
  readonly queue?: unknown;
}

export interface Job {
  readonly concurrency?: Concurrency;
  readonly environment?: unknown;
  readonly needs?: unknown;
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>> | string;
  readonly 'timeout-minutes'?: number;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

export function readGitHubFile(name: string, text: string): GitHubFile {
  return { name, text, content: parse(text) as Workflow };
}

export function jobsOf({ jobs = {} }: Workflow): [string, Job][] {
  return Object.entries(jobs);
}

export function stepsOf(content: Workflow): readonly Step[] {
  return [
    ...jobsOf(content).flatMap(([, { steps = [] }]) => steps),
    ...(content.runs?.steps ?? []),
  ];
}
