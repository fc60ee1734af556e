/** What the doctor looks at: read by `read/doctor/`, judged here. */
import type { PolicyDocument } from '../iam/document.ts';
import type { EnvironmentFacts } from '../plan/facts.ts';
import type { Plan } from '../plan/plan.ts';
import type { RollbackReady } from '../plan/rollback-ready.ts';
import type { AlarmName, AppPolicy, EdgeGroup, Policies } from '../policy/policy.ts';
import type { EnvironmentSubject } from '../policy/subjects.ts';
import type { AlarmState } from '../rollout/verdict.ts';
import type { CodeRecord } from '../state/code-record.ts';
import type { Read } from './finding.ts';

export interface DoctorFacts {
  readonly policies: Policies;
  readonly now: Date;
  /** Nothing else was read where there is none. */
  readonly identity: Read<Identity>;
  readonly buckets: readonly BucketFacts[];
  readonly environments: readonly EnvironmentLook[];
  readonly groups: readonly GroupLook[];
  readonly alarms: readonly AlarmLook[];
  readonly lane: LaneFacts | undefined;
  readonly roles: readonly RoleTrust[];
  /** Who was asked about, and what that one may not do. */
  readonly denied: { readonly who: string; readonly permissions: readonly Permission[] };
  readonly quotas: readonly QuotaUse[];
  readonly unread: readonly Unread[];
}

export interface Unread {
  readonly subject: string;
  readonly message: string;
  readonly next: string;
  /** AWS took the credentials of nobody. */
  readonly isIdentity?: true;
}

export interface Identity {
  readonly account: string;
  readonly arn: string;
  /** What AWS's clock said as it answered. */
  readonly at: Date | undefined;
  /** Of the session token, by its first letters (observed elsewhere); undefined: none, or unknown ones. */
  readonly token: 'global' | 'regional' | undefined;
  /** AWS_STS_REGIONAL_ENDPOINTS. */
  readonly stsEndpoints: string | undefined;
}

export interface Permission {
  readonly action: string;
  readonly resource: string;
}

export interface RoleTrust {
  readonly name: string;
  readonly trust: PolicyDocument;
}

export interface BucketFacts {
  readonly bucket: string;
  /** As the policies say. */
  readonly region: string;
  /** Those that lie in it. */
  readonly apps: readonly AppPolicy[];
  /** undefined: there is no such bucket. */
  readonly actualRegion: Read<string | undefined>;
  readonly policy: Read<PolicyDocument | undefined>;
  /** All four settings are on. */
  readonly blocksPublic: Read<boolean>;
  readonly lifecycle: Read<readonly LifecycleRule[]>;
}

/** A rule that is enabled, and does something to objects. */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  /** It deletes present versions. */
  readonly expires: boolean;
  /** Storage classes that it moves them to. */
  readonly moves: readonly string[];
}

export interface EnvironmentLook {
  readonly subject: EnvironmentSubject;
  readonly planned: Read<{ readonly facts: EnvironmentFacts; readonly plan: Plan }>;
  /** Why it couldn't be planned. */
  readonly failure: { readonly message: string; readonly next: string } | undefined;
  readonly rollback: Read<RollbackReady>;
  /** undefined: there is no such distribution. */
  readonly settings: Read<DistributionSettings | undefined>;
  readonly parameters: Read<readonly ParameterLook[]>;
  /** Newest first. */
  readonly kids: Read<readonly string[]>;
}

/** Of a distribution, what a plan doesn't look at. */
export interface DistributionSettings {
  readonly arn: string;
  readonly behaviours: readonly BehaviourSettings[];
  readonly errors: readonly ErrorSetting[];
  /** Ids of origin access identities, which came before origin access control. */
  readonly identities: readonly string[];
}

export interface BehaviourSettings {
  readonly pattern: string;
  /** It asks the bucket as somebody: by origin access control, or by an identity. undefined: the origin is no bucket. */
  readonly signs: boolean | undefined;
  readonly key: CacheKey;
  /** What the response headers policy does to Cache-Control; undefined: nothing. */
  readonly cacheControl: { readonly value: string; readonly overrides: boolean } | undefined;
}

export interface CacheKey {
  /** Name of the cache policy, or `legacy settings`. */
  readonly name: string;
  readonly minimum: number;
  /** 0: nothing is cached. */
  readonly maximum: number;
  readonly cookies: boolean;
  readonly queryStrings: boolean;
  readonly headers: readonly string[];
}

export interface ErrorSetting {
  readonly status: number;
  readonly seconds: number;
  /** What visitors get in its place. */
  readonly page: string | undefined;
}

export interface ParameterLook {
  readonly name: string;
  readonly type: string;
  readonly tier: string;
  readonly versions: number;
  readonly oldest: { readonly version: number; readonly labels: readonly string[] };
}

export interface GroupLook {
  readonly group: EdgeGroup;
  /** What Headgate remembers of its code; undefined: none was published. */
  readonly record: Read<CodeRecord | undefined>;
  /** Its CloudFront Functions; empty for Lambda@Edge. */
  readonly functions: readonly FunctionLook[];
  /** ARN of the KeyValueStore that the policy names. */
  readonly storeArn: Read<string>;
}

export interface FunctionLook {
  readonly name: string;
  readonly kind: 'request' | 'response';
  /** undefined: it isn't published. `hash` without the floor table. */
  readonly live: Read<{ readonly hash: string; readonly stores: readonly string[] } | undefined>;
}

export interface AlarmLook {
  /** Environments that it guards. */
  readonly guards: readonly EnvironmentSubject[];
  readonly state: AlarmState;
  /** Other regions that have an alarm of this name. */
  readonly elsewhere: readonly string[];
}

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

export interface QuotaUse {
  /** In words: `cache behaviours of distribution E2...`. */
  readonly what: string;
  readonly subject: string;
  readonly used: number;
  readonly limit: number;
  /** The account's own value; else the default that AWS documents, which may have been raised. */
  readonly isExact: boolean;
  /** How to get more, or to use less. */
  readonly fix: string;
}

/** `lost`: sent, and not seen in the log. `unmatched`: the rule lets no test event through. */
export interface TestLook {
  readonly rule: string;
  readonly region: string;
  readonly outcome: 'seen' | 'lost' | 'unmatched';
}
