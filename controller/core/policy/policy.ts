/** A policy as the rest of the program sees it: parsed, checked, every default filled in. */

export interface Policies {
  readonly groups: readonly EdgeGroup[];
  readonly apps: readonly AppPolicy[];
}

export interface EdgeGroup {
  readonly name: string;
  readonly runtime: 'cloudfront-functions';
  readonly keyValueStore: string;
  /** Where edge code is archived. */
  readonly bucket: string;
  readonly region: string;
}

export interface AppPolicy {
  readonly app: string;
  /** Path of the file it came from, as given by the user; for messages. */
  readonly file: string;
  readonly bucket: string;
  readonly region: string;
  readonly spa: boolean;
  readonly pool: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  readonly environments: readonly EnvironmentPolicy[];
}

export interface EnvironmentPolicy {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly edge: { readonly group: string; readonly distribution: string };
  readonly release: ReleasePolicy;
  readonly preview: { readonly access: 'open' | 'off' };
  readonly quarantine: readonly QuarantineLift[];
  readonly guard: GuardPolicy;
}

export interface ReleasePolicy {
  readonly build: string;
  /** Line in the file of `build:`; for messages. */
  readonly line: number;
  /** Before everyone gets it; weights grow and stay under 10,000. Empty: everyone at once. */
  readonly steps: readonly Step[];
  readonly bakeSeconds: number;
  /** How many builds served before stay reachable for open pages. */
  readonly keep: number;
}

export interface Step {
  readonly weightBasisPoints: number;
  readonly holdSeconds: number;
}

export interface QuarantineLift {
  /** The build number whose quarantine is lifted. */
  readonly lift: string;
  /** The generation of the rollback that barred it. */
  readonly rollback: number;
  readonly reason: string;
}

export interface GuardPolicy {
  readonly alarms: readonly AlarmName[];
  /** What missing evidence (no data, unreadable or missing alarm) means while a rollout is on. */
  readonly noData: 'hold' | 'pass' | 'rollback';
}

export interface AlarmName {
  readonly name: string;
  readonly region: string;
}
