/** `setup` of edge.yaml as the rest of the program sees it: checked, every default filled in. */
import type { Policies } from './policy.ts';
import { setupSchema, type WrittenSetup } from './setup-schema.ts';
import { parseSeconds } from './values.ts';

export interface Setup {
  /** Of the stacks, one per region; names of what is in them begin with it. */
  readonly stack: string;
  readonly github?: GithubSetup;
  /** ARNs by `shop/prod`; `*`: all others. */
  readonly certificates: Readonly<Record<string, string>>;
  readonly headers: 'standard' | 'none';
  readonly fastLane: 'off' | FastLaneSetup;
  /** By name, of those that policies name. */
  readonly alarms: Readonly<Record<string, 'existing' | AlarmMetric>>;
  /** `shop/prod` -> path pattern -> URL. */
  readonly apis: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** App -> origin id -> URL. */
  readonly origins: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly existing: ExistingSetup;
}

export interface FastLaneSetup {
  readonly schedule: string;
  /** The GitHub App as which it opens reverts: its id, and `ssm:` with the name of its key. */
  readonly revert?: { readonly app: string; readonly key: string };
}

/** Repositories as in the subjects of their tokens, maybe with ids. */
export interface GithubSetup {
  readonly releases: string;
  readonly branch: string;
  readonly environment?: string;
  readonly apps: Readonly<Record<string, string>>;
  /** off: pull requests get no role. */
  readonly plan: 'pull-requests' | 'off';
  readonly provider: 'create' | 'existing';
}

export interface AlarmMetric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Sum' | 'Average' | 'Maximum' | 'Minimum' | 'SampleCount';
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly periods: number;
}

/** What others made. */
export interface ExistingSetup {
  /** `shop/prod`. */
  readonly distributions: readonly string[];
  readonly buckets: readonly string[];
  readonly keyValueStores: readonly string[];
  readonly tables: readonly string[];
  /** ARNs. */
  readonly roles: readonly string[];
}

/** Without `setup` in edge.yaml: every default. */
export function setupOf(policies: Pick<Policies, 'setup'>): Setup {
  return policies.setup ?? completeSetup(setupSchema.parse({}));
}

export function completeSetup({ github, alarms, fastLane, ...written }: WrittenSetup): Setup {
  return {
    ...written,
    fastLane: completeFastLane(fastLane),
    ...(github && { github: completeGithub(github) }),
    alarms: Object.fromEntries(
      Object.entries(alarms).map(([name, alarm]) => [name, completeAlarm(alarm)] as const),
    ),
  };
}

function completeFastLane(written: WrittenSetup['fastLane']): Setup['fastLane'] {
  if (written === 'off') return written;
  const { schedule, revert } = written;
  return { schedule, ...(revert && { revert }) };
}

function completeGithub({
  environment,
  ...github
}: NonNullable<WrittenSetup['github']>): GithubSetup {
  return { ...github, ...(environment !== undefined && { environment }) };
}

function completeAlarm(alarm: WrittenSetup['alarms'][string]): 'existing' | AlarmMetric {
  if (alarm === 'existing') return alarm;
  const { period, ...metric } = alarm;
  return { ...metric, periodSeconds: parseSeconds(period) };
}
