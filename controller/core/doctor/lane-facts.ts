/** What the doctor looks at of the fast lane. */
import type { PolicyDocument } from '../iam/document.ts';
import type { AlarmName } from '../policy/policy.ts';
import type { Read } from './finding.ts';

/** The fast lane, and all rules that lead to it or are named like ours. */
export interface LaneFacts {
  readonly name: string;
  readonly region: string;
  /** The policies say that there is one. */
  readonly isWanted: boolean;
  /** undefined: there is no such function. */
  readonly function: Read<LaneFunction | undefined>;
  /** Who may invoke it; undefined: nobody. */
  readonly permissions: Read<PolicyDocument | undefined>;
  readonly rules: readonly RuleLook[];
  /** All rules were read, and EventBridge said of each alarm whether they let it through. */
  readonly areRulesKnown: boolean;
  /** SHA-256 of this version's code, as Lambda counts it. */
  readonly expectedSha256: string | undefined;
  /** Of test events, where they were asked for. */
  readonly tests: readonly TestLook[];
}

export interface LaneFunction {
  readonly arn: string;
  readonly codeBytes: number;
  readonly codeSha256: string;
  /** undefined: not reserved. */
  readonly reservedConcurrency: number | undefined;
  readonly runtime: string;
  readonly handler: string;
  readonly seconds: number;
  readonly megabytes: number;
  readonly variables: Readonly<Record<string, string>>;
}

export interface RuleLook {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly isEnabled: boolean;
  readonly schedule: string | undefined;
  readonly pattern: string | undefined;
  /** Alarms whose ALARM it lets through: those of its region, and at home those that others forward. */
  readonly matches: readonly AlarmName[];
  readonly targets: readonly TargetLook[];
}

export interface TargetLook {
  readonly arn: string;
  /** Text of its input, or of its template, where it has one. */
  readonly input: string | undefined;
}

/** `lost`: sent, and not seen in the log. `unmatched`: the rule lets no test event through. */
export interface TestLook {
  readonly rule: string;
  readonly region: string;
  readonly outcome: 'seen' | 'lost' | 'unmatched';
}
