import type { DistributionSettings } from '../core/doctor/distribution-settings.ts';
import type {
  CertificateSeen,
  Identity,
  LifecycleRule,
  ParameterLook,
  Permission,
  RoleTrust,
} from '../core/doctor/facts.ts';
import type { LaneFunction, TargetLook } from '../core/doctor/lane-facts.ts';
import type { PolicyDocument } from '../core/iam/document.ts';

/** A bucket where the policies say it is. */
export interface BucketPlace {
  readonly bucket: string;
  readonly region: string;
}

export interface RuleSeen {
  readonly name: string;
  readonly arn: string;
  readonly isEnabled: boolean;
  readonly schedule: string | undefined;
  readonly pattern: string | undefined;
  readonly targets: readonly TargetLook[];
}

/** What of an account is counted. */
export interface Counts {
  /** CloudFront Functions. */
  readonly functions: number;
  readonly stores: number;
  /** Functions by the ARN of the store that they read. */
  readonly readers: ReadonlyMap<string, number>;
}

/**
 * What `headgate doctor` looks at and nobody else does. It changes nothing, but for `sendEvent`. Each verb
 * needs one permission, so that what can't be read can be told by name.
 */
export interface Inspection {
  identity(): Promise<Identity>;
  /** Those of them that this role or user may not; undefined: nobody can tell, as of an account's root. */
  simulate(
    principal: string,
    permissions: readonly Permission[],
  ): Promise<readonly Permission[] | undefined>;
  /** All of the account. */
  roles(): Promise<readonly RoleTrust[]>;
  /** undefined: there is no such bucket. */
  bucketRegion(place: BucketPlace): Promise<string | undefined>;
  /** undefined: it has none. */
  bucketPolicy(place: BucketPlace): Promise<PolicyDocument | undefined>;
  blocksPublic(place: BucketPlace): Promise<boolean>;
  lifecycle(place: BucketPlace): Promise<readonly LifecycleRule[]>;
  /** `AES256`, `aws:kms`. */
  encryption(place: BucketPlace): Promise<string>;
  /** Who owns what is put there; undefined: nobody said. */
  ownership(place: BucketPlace): Promise<string | undefined>;
  /** undefined: there is no such distribution. */
  distribution(id: string): Promise<DistributionSettings | undefined>;
  /** ARNs of the stores that the published function reads; undefined: it isn't published. */
  functionStores(name: string): Promise<readonly string[] | undefined>;
  counts(): Promise<Counts>;
  /** Bytes in a KeyValueStore. */
  storeBytes(arn: string): Promise<number>;
  /** undefined: there is no such parameter. */
  parameter(region: string, name: string): Promise<ParameterLook | undefined>;
  /** Parameters of the standard tier in the region: the others have a quota of their own. */
  parameterCount(region: string): Promise<number>;
  /** Alarms of the region. */
  alarmCount(region: string): Promise<number>;
  /** Days that log groups of us-east-1 keep lines, by name, of those whose names begin like this; 0: for ever. */
  logGroups(prefix: string): Promise<ReadonlyMap<string, number>>;
  /** Names of the metric filters of a log group of us-east-1. */
  metricFilters(group: string): Promise<readonly string[]>;
  /** What the server at `domain` shows those who ask for `host`; an error where somebody in between shows his own. */
  certificate(domain: string, host: string): Promise<CertificateSeen>;
  /** A function of us-east-1; undefined: there is none. */
  lane(name: string): Promise<LaneFunction | undefined>;
  /** Who may invoke it; undefined: nobody but who may by a policy of his own. */
  lanePermissions(name: string): Promise<PolicyDocument | undefined>;
  /** Rules of the region's default bus whose names begin like this. */
  rules(region: string, prefix: string): Promise<readonly RuleSeen[]>;
  /** Whether EventBridge would let this event through. */
  matches(
    region: string,
    pattern: string,
    event: Readonly<Record<string, unknown>>,
  ): Promise<boolean>;
  sendEvent(
    region: string,
    event: { readonly source: string; readonly type: string; readonly detail: unknown },
  ): Promise<void>;
  /** Whether the log of a function of us-east-1 has this text since then. */
  hasLogged(name: string, text: string, since: Date): Promise<boolean>;
  /** The account's own value of a quota, by the name that AWS gives it; undefined: it lists none. */
  quota(service: string, name: string): Promise<number | undefined>;
}
