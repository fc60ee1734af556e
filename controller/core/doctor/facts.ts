/** What the doctor looks at: read by `read/doctor/`, judged here. */
import type { PolicyDocument } from '../iam/document.ts';
import type { EnvironmentFacts } from '../plan/facts.ts';
import type { Plan } from '../plan/plan.ts';
import type { RollbackReady } from '../plan/rollback-ready.ts';
import type { AppPolicy, EdgeGroup, Policies } from '../policy/policy.ts';
import type { EnvironmentSubject } from '../policy/subjects.ts';
import type { AlarmState } from '../rollout/verdict.ts';
import type { CodeRecord } from '../state/code-record.ts';
import type { DistributionSettings } from './distribution-settings.ts';
import type { Read } from './finding.ts';
import type { LaneFacts } from './lane-facts.ts';

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
  /** Those that are judged: of the stack, of edge groups, and those that were asked about. */
  readonly roles: readonly RoleTrust[];
  readonly absentRoles: readonly AbsentRole[];
  readonly certificates: readonly CertificateLook[];
  readonly logs: readonly LogLook[];
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
  readonly arn: string;
  readonly trust: PolicyDocument;
}

/** A role that bootstrap would make, and no role of the account has its name. */
export interface AbsentRole {
  readonly name: string;
  readonly purpose: string;
  /** Releases, rollbacks or visitors need it. */
  readonly isNeeded: boolean;
  /** The stack says that it made it. */
  readonly isOfStack: boolean;
  /** Others that trust a repository of the policies. */
  readonly others: readonly string[];
}

/** What a distribution answers a TLS handshake for one host with. */
export interface CertificateLook {
  readonly subject: EnvironmentSubject;
  readonly host: string;
  readonly seen: Read<CertificateSeen>;
  /** Why nobody saw it. */
  readonly failure?: { readonly message: string; readonly next: string };
}

export interface CertificateSeen {
  /** Hosts that it is for: `shop.example.com`, `*.example.com`. */
  readonly names: readonly string[];
  readonly begins: Date;
  readonly expires: Date;
}

/** A log group that bootstrap would make. */
export interface LogLook {
  readonly name: string;
  /** What its retention should be, in days. */
  readonly wantedDays: number;
  /** undefined: there is no such group; 0 days: for ever. */
  readonly live: { readonly days: number } | undefined;
  /** Metric filters that it lacks. */
  readonly missing: readonly string[];
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
  /** `AES256`, `aws:kms`. */
  readonly encryption: Read<string>;
  /** `BucketOwnerEnforced`; undefined: nobody said. */
  readonly ownership: Read<string | undefined>;
}

/** A rule that is enabled, and does something to objects. */
export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  /** It deletes present versions. */
  readonly expires: boolean;
  /** Storage classes that it moves them to. */
  readonly moves: readonly string[];
  /** It takes parts of uploads away that nobody finished. */
  readonly aborts: boolean;
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
