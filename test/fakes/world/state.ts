import type { Distribution } from '../../../controller/core/plan/behaviours.ts';
import type {
  AppPolicy,
  EdgeGroup,
  EnvironmentPolicy,
} from '../../../controller/core/policy/policy.ts';
import type { AlarmState } from '../../../controller/core/rollout/verdict.ts';
import { parameters } from '../../../controller/core/state/keys.ts';
import type {
  AlarmSeen,
  EnvironmentRecord,
  HistoryEntry,
} from '../../../controller/core/state/record.ts';
import { parseRoute } from '../../../controller/core/state/route.ts';
import type { Probed } from '../../../controller/ports/probe.ts';
import type { LinesRead } from '../../../controller/ports/visitor-log.ts';
import { DISTRIBUTION, withLambda } from './distribution.ts';
import { ALARM, appPolicy, environmentPolicy, GROUP, HOST } from './policies.ts';

const ROUTE = parameters.route('shop', 'prod');

export interface Told {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * One environment's outside world in memory, with the semantics that matter: compare-and-set on the
 * record, a store-wide revision on routes, parameter versions without conditions, create-only history.
 */
export class WorldState {
  now = Date.parse('2026-03-01T00:00:00Z');
  published = new Map<string, string>();
  /** Published builds whose entry page is gone. */
  damaged = new Set<string>();
  /** Builds whose manifests a newer version wrote. */
  readonly newer = new Set<string>();
  record: { text: string; revision: number } | undefined;
  history = new Map<number, HistoryEntry>();
  routes = new Map<string, string>();
  storeRevision = 1;
  ssm = new Map<string, { value: string; version: number; type?: string }>();
  alarm: AlarmState['state'] = 'OK';
  /** What CloudWatch knows of the alarm beside its state. */
  alarmFacts: Pick<AlarmState, 'since' | 'seesCanary' | 'countsReports'> = {
    since: undefined,
    seesCanary: true,
  };
  entries: AlarmSeen[] = [];
  /** What the edge has logged about visitors; may throw. */
  visitorLog: () => LinesRead = () => ({ lines: [], sampling: 1 });
  logReads = 0;
  distribution: Distribution | undefined = DISTRIBUTION;
  policy: EnvironmentPolicy = environmentPolicy('1');
  /** Of the waiting page; undefined: it is not published. */
  pageBytes: number | undefined = 1000;
  /** What the site answers a probe. */
  probed: Probed = { status: 200, headers: {}, body: '<div id="app">' };
  /** The same by URL and cookie, where they matter. */
  site: ((url: string, cookie: string | undefined) => Probed) | undefined;
  /** What the webhook's receiver got, and answers. */
  told: Told[] = [];
  receiver: { readonly status: number } | { readonly error: string } = { status: 204 };
  /** SecureStrings by name. */
  secrets = new Map<string, string>();
  /** Whole origins of the app. */
  origins: AppPolicy['origins'];
  /** Where its builds lie, if not in the usual place. */
  root: AppPolicy['root'];
  /** Records of the app's other environments, by name. */
  others = new Map<string, EnvironmentRecord>();
  /** Entries that have no generation of their own. */
  pauses: HistoryEntry[] = [];
  writes: string[] = [];
  /** ARNs of the store that runs knew without asking. */
  remembered: string[] = [];
  readonly group: EdgeGroup;

  constructor(group: EdgeGroup = GROUP) {
    this.group = group;
    if (group.runtime === 'lambda-edge') this.distribution = withLambda(DISTRIBUTION);
  }

  publish(...builds: readonly string[]): void {
    for (const build of builds)
      this.published.set(build, `digest-of-${build}`.padEnd(16, '0').slice(-16));
  }

  pass(seconds: number): void {
    this.now += seconds * 1000;
  }

  fireAlarm(): void {
    this.alarm = 'ALARM';
    this.entries.push({
      ...ALARM,
      at: new Date(this.now).toISOString(),
      reason: 'too many errors',
    });
  }

  get app(): AppPolicy {
    const { origins, root } = this;
    return {
      ...appPolicy(this.policy),
      ...(origins && { origins }),
      ...(root !== undefined && { root }),
    };
  }

  /** What visitors get. */
  get route() {
    return parseRoute(
      this.group.runtime === 'lambda-edge' ? this.ssm.get(ROUTE)?.value : this.routes.get(HOST),
    );
  }

  get storedRecord(): EnvironmentRecord | undefined {
    return this.record && (JSON.parse(this.record.text) as EnvironmentRecord);
  }

  get activeBuild(): string | undefined {
    return this.ssm.get(parameters.activeBuild('shop', 'prod'))?.value;
  }
}
