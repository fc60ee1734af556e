import { parse } from 'yaml';
import type { WorkflowEvent } from './events.ts';

export interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'continue-on-error'?: boolean;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, Trigger | null>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly default?: string; readonly required?: boolean }>
  >;
  readonly runs: { readonly steps: readonly Step[] };
}

interface Trigger {
  readonly branches?: readonly string[];
  readonly paths?: readonly string[];
  readonly types?: readonly string[];
}

/** A workflow or an action as GitHub reads it. */
export function readYaml<T>(text: string | undefined, path: string): T {
  if (text === undefined) throw new Error(`no ${path} in this commit`);
  return parse(text) as T;
}

/** Whether GitHub would start it: event, branch, changed paths and type of activity. */
export function starts({ on }: Workflow, event: WorkflowEvent): boolean {
  const trigger = on[event.name];
  if (trigger === undefined) return false;
  const { branches, paths, types } = trigger ?? {};
  const action = event.payload['action'];
  const kinds = types ?? (event.name === 'pull_request' ? PULL_REQUEST_TYPES : undefined);
  return (
    (branches === undefined || branches.some((one) => event.ref === `refs/heads/${one}`)) &&
    (paths === undefined ||
      event.changed.some((path) => paths.some((one) => matches(path, one)))) &&
    (kinds === undefined || kinds.includes(String(action)))
  );
}

/** Without `types:` these, as documented. */
const PULL_REQUEST_TYPES = ['opened', 'synchronize', 'reopened'];

function matches(path: string, pattern: string): boolean {
  return pattern.endsWith('/**') ? path.startsWith(pattern.slice(0, -2)) : path === pattern;
}
