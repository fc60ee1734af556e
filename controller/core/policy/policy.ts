/** A policy as the rest of the program sees it: parsed, checked, every default filled in. */
import type { LambdaEdgeConfig } from '../../../edge/contract/lambda-edge.ts';
import type { HeaderRule } from '../state/manifest.ts';
import type { GuardPolicy, NotifyPolicy, QuarantineLift } from './guard-policy.ts';
import type { ProvenancePolicy } from './provenance.ts';
import type { Setup } from './setup.ts';

export type { AlarmName, BreakerPolicy, GuardPolicy, QuarantineLift } from './guard-policy.ts';

export interface Policies {
  readonly groups: readonly EdgeGroup[];
  readonly apps: readonly AppPolicy[];
  /** Other apps, which are known here and not planned. */
  readonly neighbours?: readonly AppPolicy[];
  /** Environments that move together or not at all. An environment is in one of these at most. */
  readonly together?: readonly TogetherPolicy[];
  readonly setup?: Setup;
}

/** Names such as `shop/prod`, as `edge.yaml` has them; one whose policy can't be used is named, too. */
export type TogetherPolicy = readonly string[];

export type EdgeGroup = FunctionsGroup | LambdaGroup;
export type FunctionsGroup = AnyGroup & FunctionsRuntime;
export type LambdaGroup = AnyGroup & LambdaRuntime;
export type RuntimeSettings = FunctionsRuntime | LambdaRuntime;

interface AnyGroup {
  readonly name: string;
  /** Where edge code is archived. */
  readonly bucket: string;
  readonly region: string;
  /** `auto`, or the hash of the earlier edge code that it stays with. */
  readonly code: string;
  /** The team's own viewer code, from where the command runs. */
  readonly before?: string;
  /** How long new edge code is watched for errors before later groups get it; 0: not at all. */
  readonly watchSeconds: number;
  /** Where the file says so; for messages. */
  readonly place: { readonly file: string; readonly code: Position; readonly before: Position };
}

/** Two CloudFront Functions and a KeyValueStore. */
interface FunctionsRuntime {
  readonly runtime: 'cloudfront-functions';
  readonly keyValueStore: string;
}

/** One Lambda@Edge function, which reads routes from SSM. */
interface LambdaRuntime extends LambdaEdgeConfig {
  readonly runtime: 'lambda-edge';
  /** ARN of the role that the function runs as. */
  readonly role: string;
}

/** The KeyValueStore that carries a group's routes; undefined: SSM does. */
export function storeOf(group: EdgeGroup): string | undefined {
  return group.runtime === 'cloudfront-functions' ? group.keyValueStore : undefined;
}

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface AppPolicy {
  readonly app: string;
  /** Path of the file it came from, as given by the user; for messages. */
  readonly file: string;
  readonly bucket: string;
  readonly region: string;
  readonly spa: boolean;
  readonly pool: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  /** What files are stored with, where their names say otherwise. Absent: none. */
  readonly headers?: readonly HeaderRule[];
  /** Absent: pool. */
  readonly layout?: 'tree';
  /** Absent: private. */
  readonly sourceMaps?: 'public';
  /** Who attests its builds, for environments that require it. */
  readonly provenance?: ProvenancePolicy;
  /** Whole origins that environments may name in the place of builds. */
  readonly origins?: Readonly<Record<string, OriginPolicy>>;
  /** Where builds lie in the bucket: '' or `some/prefix/`. Absent: `<app>/builds/`. */
  readonly root?: string;
  readonly environments: readonly EnvironmentPolicy[];
}

/** An origin of the distribution by its id, or anyone's by its URL (scheme, host, port, path). */
export type OriginPolicy = { readonly id: string } | { readonly url: string };

export interface EnvironmentPolicy {
  readonly name: string;
  readonly hosts: readonly string[];
  /** `distribution`: '' where it isn't made yet, which only bootstrap sees. */
  readonly edge: { readonly group: string; readonly distribution: string };
  readonly release: ReleasePolicy;
  /** What a build must have before it enters. */
  readonly require?: 'provenance';
  /** The first that matches decides, before any share is drawn. */
  readonly cohorts: readonly CohortPolicy[];
  /** A fixed test; together under 10,000 basis points. */
  readonly split: readonly SplitArm[];
  /** Files of a build are also below `/_headgate/b/<build>/`. */
  readonly pinnedUrls?: true;
  readonly preview: PreviewPolicy;
  readonly gate?: GatePolicy;
  /** What an earlier set-up left behind and still counts here. */
  readonly adopted?: AdoptedPolicy;
  readonly quarantine: readonly QuarantineLift[];
  readonly guard: GuardPolicy;
  /** Who is told of every terminal state. */
  readonly notify?: NotifyPolicy;
  /** Nothing goes forward in these. */
  readonly freeze?: readonly FreezePolicy[];
}

export interface ReleasePolicy {
  readonly build: string;
  /** Line in the file of `build:`; for messages. */
  readonly line: number;
  /** Before everyone gets it; weights grow and stay under 10,000. Empty: everyone at once. */
  readonly steps: readonly Step[];
  /** How long a step waits for an approval before it is rolled back. Present where one does. */
  readonly approvalDeadlineSeconds?: number;
  /** The last approval somebody wrote: for one rollout, up to one step. */
  readonly approved?: ApprovalPolicy;
  /** What the build must have gone through elsewhere. */
  readonly requires?: readonly RequiredEnvironment[];
  /** A build that was stable here so long ago at most skips the steps. Absent: none does. */
  readonly fastTrackSeconds?: number;
  /** Requests that the build must answer before the first step, and after each. */
  readonly smoke?: readonly SmokeCheck[];
  readonly bakeSeconds: number;
  /** How many builds served before stay reachable for open pages. */
  readonly keep: number;
  /** Sticky by session: seconds without a page that end one. Absent: sticky by visitor. */
  readonly sessionIdleSeconds?: number;
}

export interface Step {
  readonly weightBasisPoints: number;
  readonly holdSeconds: number;
  /** It lasts until so many visitors of the canary were seen, too. Needs `guard.beacon`. */
  readonly minVisitors?: number;
  /** It lasts until a person approves. */
  readonly approval?: true;
}

/** Asked of the environment's first host with a preview of the build. */
export interface SmokeCheck {
  /** With a leading slash. */
  readonly path: string;
  readonly status: number;
  /** What the body must have in it. */
  readonly contains?: string;
}

/** Everyone there got this build for so long. */
export interface RequiredEnvironment {
  readonly environment: string;
  readonly bakedSeconds: number;
}

export interface ApprovalPolicy {
  readonly build: string;
  /** The generation that the rollout began with. */
  readonly rollout: number;
  /** Steps up to this weight are approved. */
  readonly weightBasisPoints: number;
}

/** Once, or every week by the clocks of a zone. */
export type FreezePolicy = { readonly reason: string } & (
  | { readonly from: string; readonly to: string }
  | { readonly weekly: Week; readonly zone: string }
);

/** Minutes since Monday 00:00. It may reach over the end of the week. */
export interface Week {
  readonly from: number;
  readonly to: number;
  /** As written; for messages. */
  readonly text: string;
}

/** A build that the policy names beside the release's. */
export interface NamedBuild {
  readonly build: string;
  /** Line in the file of this `build:`; for messages. */
  readonly line: number;
}

/** At least one condition; all that are given must hold. */
export interface CohortPolicy extends NamedBuild {
  readonly name: string;
  readonly cookie?: { readonly name: string; readonly value?: string };
  /** Name in lower case. */
  readonly header?: { readonly name: string; readonly value: string };
  readonly country?: readonly string[];
  readonly ip?: readonly string[];
}

export interface SplitArm extends NamedBuild {
  readonly weightBasisPoints: number;
}

export interface PreviewPolicy {
  readonly access: 'open' | 'signed' | 'off';
  /** How long a signed link lives. */
  readonly ttlSeconds: number;
  /** `all`: also builds of untrusted refs. Never where customers are. */
  readonly builds?: 'protected' | 'all';
}

/** Of the versioned-deployment pattern: see policies/moving.md. */
export interface AdoptedPolicy {
  /** Cookies that named the page's build and marked an override. */
  readonly cookies?: { readonly build: string; readonly override: string };
  /** The SSM parameter that other tools read the active build from; written beside our own. */
  readonly activeBuildParameter?: string;
  /** Names of functions that leave the behaviours in the write that puts ours there. */
  readonly replaces?: readonly string[];
  /** The origin path that leaves those behaviours in the same write. */
  readonly originPath?: string;
}

/** Who may pass the protected paths. */
export interface GatePolicy {
  readonly protect: readonly string[];
  /** Exceptions from these, paths that bypass the gate among them. */
  readonly exclude: readonly string[];
  /** False: nobody new without priority. */
  readonly accepting: boolean;
  readonly rateBasisPoints: number;
  /** The cookie that carries a priority token; tokens of generations below `since` are revoked. */
  readonly priority?: { readonly cookie: string; readonly since: number };
  /** Headers, in lower case, whose presence lets a request pass. */
  readonly bypassHeaders: readonly string[];
  /** Below the app's pages, with a leading slash. */
  readonly page: string;
  /** Line in the file of `page:`; for messages. */
  readonly pageLine: number;
  readonly status: 200 | 202 | 429;
  readonly idleSeconds: number;
  readonly capSeconds: number;
  /** Until when faults of the gate let people in. ISO 8601. */
  readonly failOpenUntil?: string;
}
