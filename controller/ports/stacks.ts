import type { StackChange } from '../core/deployment/change.ts';
import type { Template } from '../core/infrastructure/template.ts';

export type { StackChange };

export interface StackEvent {
  readonly id: string;
  readonly at: Date;
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
}

export interface StackState {
  readonly status: string;
  /** Its termination protection is on: it can't be deleted. */
  readonly isProtected: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly template: Template;
}

export interface ChangeSet {
  readonly id: string;
  /** False: the stack is already like that. Outputs may differ where no resource does. */
  readonly isNeeded: boolean;
  readonly changes: readonly StackChange[];
}

export interface DeployRequest {
  readonly name: string;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  /** Where a template that is too large for a request lies meanwhile; absent: there is no bucket yet. */
  readonly staging?: { readonly bucket: string; readonly region: string };
}

/** The CloudFormation stacks of one region. */
export interface Stacks {
  /** undefined: there is none, it was deleted, or nothing of it was ever carried out. */
  read(name: string): Promise<StackState | undefined>;
  /**
   * Creates the change set and waits for it; nothing is changed yet. Throws ConflictError while another run is
   * at work on the stack.
   */
  prepare(request: DeployRequest): Promise<ChangeSet>;
  /** Carries it out; every event is told as it comes. Throws RefusedError with CloudFormation's reasons when it rolled back. */
  execute(name: string, changeSet: ChangeSet, tell: (event: StackEvent) => void): Promise<void>;
  discard(name: string, changeSet: ChangeSet): Promise<void>;
  /** Returns the logical ids that CloudFormation could not delete; empty: the stack is gone. */
  delete(name: string, tell: (event: StackEvent) => void): Promise<readonly string[]>;
}
