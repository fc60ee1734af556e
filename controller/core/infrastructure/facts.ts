/** What templates are rendered from. */
import type { AlarmName, Policies } from '../policy/policy.ts';
import { setupOf, type Setup } from '../policy/setup.ts';
import type { Resource } from './template.ts';

export interface InfrastructureFacts {
  readonly policies: Policies;
  /** What runs on the behaviours of each environment, by `shop/prod`. Absent: nothing. */
  readonly live: Readonly<Record<string, readonly LiveBehaviour[]>>;
  /** Alarms that exist and are not of the stack. */
  readonly foreignAlarms?: readonly AlarmName[];
  /** Where a stack is, and no policy names the region any more. */
  readonly leftRegions?: readonly string[];
}

/** CloudFormation takes off what its template lacks, so templates carry what reconcile has put there. */
export interface LiveBehaviour {
  /** `*`: the default behaviour. */
  readonly pattern: string;
  readonly functions: readonly { readonly event: string; readonly arn: string }[];
  readonly lambdas: readonly LiveLambda[];
}

export interface LiveLambda {
  readonly event: string;
  readonly arn: string;
  readonly includeBody?: boolean;
}

/** The same with the defaults of `setup`; what every module here takes. */
export interface Facts extends InfrastructureFacts {
  readonly setup: Setup;
}

export function withSetup(facts: InfrastructureFacts): Facts {
  return { ...facts, setup: setupOf(facts.policies) };
}

/** One resource with its region, and what it is there for. */
export interface Piece {
  readonly region: string;
  readonly id: string;
  readonly resource: Resource;
  /** Completes a line: "private, for builds of shop". */
  readonly why: string;
}
