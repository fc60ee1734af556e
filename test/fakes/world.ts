import { applyAll } from '../../controller/apply/apply-all.ts';
import { ConflictError } from '../../controller/core/errors.ts';
import type { Outcome } from '../../controller/core/report/outcome.ts';
import { planEnvironment } from '../../controller/core/plan/environment.ts';
import { sealPlanSet, type Plan } from '../../controller/core/plan/plan.ts';
import type { Distribution } from '../../controller/core/plan/behaviours.ts';
import type {
  AppPolicy,
  EdgeGroup,
  FunctionsGroup,
  LambdaGroup,
  EnvironmentPolicy,
} from '../../controller/core/policy/policy.ts';
import type { AlarmState } from '../../controller/core/rollout/verdict.ts';
import { parameters } from '../../controller/core/state/keys.ts';
import type {
  AlarmSeen,
  EnvironmentRecord,
  HistoryEntry,
} from '../../controller/core/state/record.ts';
import { parseRoute } from '../../controller/core/state/route.ts';
import type { Context } from '../../controller/ports/context.ts';
import { readEnvironment } from '../../controller/read/environment.ts';
import { GUARD } from './guard.ts';
import { INDEX } from './index-file.ts';

/** Thrown where a process would have been killed. */
export class Killed extends Error {}

/** Called around every write; throws Killed, or does something else's work in between. */
export type WriteHook = (moment: 'before' | 'after', write: string) => Promise<void> | void;

export const HOST = 'shop.example.com';
export const DOMAIN = 'd1.cloudfront.example';
const ALARM = { name: 'shop-prod-errors', region: 'us-east-1' };

export const GROUP: FunctionsGroup = {
  name: 'prod',
  runtime: 'cloudfront-functions',
  keyValueStore: 'headgate-prod',
  bucket: 'builds',
  region: 'us-east-1',
  code: 'auto',
  watchSeconds: 600,
  place: {
    file: 'policies/edge.yaml',
    code: { line: 4, column: 5 },
    before: { line: 5, column: 5 },
  },
};

const { keyValueStore: _keyValueStore, ...shared } = GROUP;

/** The same environment served by Lambda@Edge: its route is in SSM and nowhere else. */
export const LAMBDA_GROUP: LambdaGroup = {
  ...shared,
  runtime: 'lambda-edge',
  role: 'arn:aws:iam::000000000000:role/headgate-edge',
  routeMaxAgeSeconds: 10,
};

const LAMBDA_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:headgate-prod:1';

/** Every behaviour that runs the functions runs version 1 instead. */
export function withLambda(distribution: Distribution): Distribution {
  const events = ['viewer-request', 'origin-request', 'viewer-response'];
  return {
    ...distribution,
    behaviours: distribution.behaviours.map((one) => ({
      ...one,
      viewerRequestArn: undefined,
      viewerResponseArn: undefined,
      lambdas:
        one.viewerRequestArn === undefined
          ? []
          : events.map((event) => ({ event, arn: LAMBDA_ARN })),
    })),
  };
}

export const STEPS = [
  { weightBasisPoints: 500, holdSeconds: 60 },
  { weightBasisPoints: 2500, holdSeconds: 60 },
] as const;

export function environmentPolicy(
  build: string,
  changes: Partial<EnvironmentPolicy> = {},
): EnvironmentPolicy {
  return {
    name: 'prod',
    hosts: [HOST],
    edge: { group: 'prod', distribution: 'E1EXAMPLE' },
    release: { build, line: 9, steps: STEPS, bakeSeconds: 120, keep: 3 },
    cohorts: [],
    split: [],
    preview: { access: 'open', ttlSeconds: 604_800 },
    quarantine: [],
    guard: { alarms: [ALARM], ...GUARD },
    ...changes,
  };
}

/** A cohort of one build, and a split with an arm of another. */
export function assign({
  cohort,
  arm,
}: {
  readonly cohort: string;
  readonly arm: string;
}): Pick<EnvironmentPolicy, 'cohorts' | 'split'> {
  return {
    cohorts: [{ name: 'staff', build: cohort, line: 12, cookie: { name: 'staff' } }],
    split: [{ build: arm, line: 14, weightBasisPoints: 1000 }],
  };
}

export function appPolicy(environment: EnvironmentPolicy): AppPolicy {
  return {
    app: 'shop',
    file: 'policies/shop.yaml',
    bucket: 'builds',
    region: 'us-east-1',
    spa: true,
    pool: { include: ['/assets/*'], exclude: [] },
    environments: [environment],
  };
}

const ARN = 'arn:aws:cloudfront::000000000000:function/headgate-prod-';

export const DISTRIBUTION: Distribution = {
  id: 'E1EXAMPLE',
  domain: DOMAIN,
  aliases: [HOST],
  enabled: true,
  status: 'Deployed',
  originIds: ['builds', 'pool'],
  rootObject: '',
  revision: 'r1',
  behaviours: [behaviour('/assets/*', '/shop/pool', false), behaviour('*', '', true)],
};

function behaviour(pattern: string, originPath: string, runs: boolean) {
  return {
    pattern,
    originDomain: 'builds.s3.us-east-1.amazonaws.com',
    originPath,
    methods: ['GET', 'HEAD'],
    viewerRequestArn: runs ? `${ARN}request` : undefined,
    viewerResponseArn: runs ? `${ARN}response` : undefined,
    lambdas: [],
  };
}

/**
 * One environment's outside world in memory, with the semantics that matter: compare-and-set on the
 * record, a store-wide revision on routes, parameter versions without conditions, create-only history.
 */
export class World {
  now = Date.parse('2026-03-01T00:00:00Z');
  published = new Map<string, string>();
  /** Published builds whose entry page is gone. */
  damaged = new Set<string>();
  record: { text: string; revision: number } | undefined;
  history = new Map<number, HistoryEntry>();
  routes = new Map<string, string>();
  storeRevision = 1;
  ssm = new Map<string, { value: string; version: number; type?: string }>();
  alarm: AlarmState['state'] = 'OK';
  /** What CloudWatch knows of the alarm beside its state. */
  alarmFacts: Pick<AlarmState, 'since' | 'seesCanary'> = { since: undefined, seesCanary: true };
  entries: AlarmSeen[] = [];
  distribution: Distribution | undefined = DISTRIBUTION;
  policy: EnvironmentPolicy = environmentPolicy('1');
  /** Of the waiting page; undefined: it is not published. */
  pageBytes: number | undefined = 1000;
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

  async plan(hook?: WriteHook): Promise<Plan> {
    const { app } = this;
    const subject = { app, environment: this.policy, group: this.group };
    const facts = await readEnvironment(this.context(hook), subject, {
      by: 'tester',
      commit: 'abc',
    });
    return planEnvironment(facts);
  }

  async reconcile(hook?: WriteHook): Promise<Outcome> {
    const makePlans = async () => ({ set: sealPlanSet([await this.plan(hook)]) });
    const { set } = await makePlans();
    const [outcome] = await applyAll(set, { context: this.context(hook), makePlans });
    if (outcome === undefined) throw new Error('no outcome');
    return outcome;
  }

  /** Every outside thing as a port; each write passes the hook before and after it takes effect. */
  context(hook: WriteHook = () => {}): Context {
    const write = async <T>(name: string, effect: () => T): Promise<T> => {
      await hook('before', name);
      this.writes.push(name);
      const result = effect();
      await hook('after', name);
      return result;
    };
    const unused = (): never => {
      throw new Error('not part of this world');
    };
    return {
      terminal: {
        interactive: false,
        print: () => {},
        note: () => {},
        progress: () => {},
        summary: async () => {},
      },
      clock: { now: () => new Date(this.now), sleep: async () => {} },
      surroundings: { facts: async () => ({ by: 'tester', commit: 'abc' }) },
      files: { readText: unused, readBytes: unused, writeText: unused, list: unused, scan: unused },
      bundler: { compose: unused, composeLambdaEdge: unused },
      edgeCode: { readLive: unused, stage: unused, test: unused, publish: unused },
      lambdaCode: {
        readLast: unused,
        digest: unused,
        stage: unused,
        invoke: unused,
        publish: unused,
      },
      archive: unused,
      codeRecords: unused,
      functionMetrics: { countErrors: unused, countLambdaErrors: unused },
      uploads: unused,
      pages: () => ({ write: unused, size: async () => this.pageBytes }),
      keys: unused,
      distributions: {
        read: async (_id, options) =>
          options?.caching === true ? this.distribution : this.withoutCaching(),
        associate: unused,
      },
      alarms: {
        read: async () => [
          { ...ALARM, ...this.alarmFacts, state: this.alarm, reason: 'as set by the test' },
        ],
        entered: async (_alarms, since) => this.entries.filter((entry) => entry.at >= since),
      },
      builds: () => this.builds(),
      records: () => this.records(write),
      routes: this.routeStore(write),
      parameters: () => this.parameterStore(write),
    };
  }

  private withoutCaching(): Distribution | undefined {
    const behaviours = this.distribution?.behaviours.map((one) => {
      const { caching: _caching, ...rest } = one;
      return rest;
    });
    return this.distribution && behaviours && { ...this.distribution, behaviours };
  }

  private builds(): ReturnType<Context['builds']> {
    return {
      readManifest: async (app, build) => {
        const digest = this.published.get(build);
        if (digest === undefined) return undefined;
        const settings = { spa: true, pool: { include: ['/assets/*'], exclude: [] } };
        return { manifest: { version: 1, app, build, settings, files: [INDEX] }, digest };
      },
      hasFile: async (_app, build) => this.published.has(build) && !this.damaged.has(build),
      list: async () => [...this.published.keys()],
      readSettings: async () => undefined,
      writeSettings: async () => {},
    };
  }

  private records(write: Write): ReturnType<Context['records']> {
    return {
      read: async (_app, environment) => {
        const other = this.others.get(environment);
        if (other !== undefined) return { record: other, revision: '1' };
        if (environment !== this.policy.name || this.record === undefined) return undefined;
        const { text, revision } = this.record;
        return { record: JSON.parse(text) as EnvironmentRecord, revision: String(revision) };
      },
      write: (record, revision) =>
        write('record', () => {
          const current = this.record === undefined ? undefined : String(this.record.revision);
          if (current !== revision) throw new ConflictError('The record moved.');
          const next = (this.record?.revision ?? 0) + 1;
          this.record = { text: JSON.stringify(record), revision: next };
          return String(next);
        }),
      hasHistory: async (_app, _environment, generation) => this.history.has(generation),
      appendHistory: (_app, _environment, entry) =>
        write('history', () => {
          if (/^(paused|resumed)$/.test(entry.event)) this.pauses.push(entry);
          else if (!this.history.has(entry.generation)) this.history.set(entry.generation, entry);
        }),
      readHistory: async () => [...this.history.values()],
    };
  }

  private routeStore(write: Write): Context['routes'] {
    return {
      remember: (_store, arn) => this.remembered.push(arn),
      read: async (store, keys) => ({
        arn: `arn:of:${store}`,
        revision: String(this.storeRevision),
        values: new Map([...this.routes].filter(([key]) => keys.includes(key))),
      }),
      write: (_store, revision, { put, remove }) =>
        write('routes', () => {
          if (revision !== String(this.storeRevision)) return 'conflict';
          for (const [key, value] of put) this.routes.set(key, value);
          for (const key of remove) this.routes.delete(key);
          this.storeRevision++;
          return 'written';
        }),
    };
  }

  private parameterStore(write: Write): ReturnType<Context['parameters']> {
    return {
      read: async (names) => new Map([...this.ssm].filter(([name]) => names.includes(name))),
      write: (name, value) =>
        write(`ssm ${name.split('/').at(-1)}`, () => {
          const version = (this.ssm.get(name)?.version ?? 0) + 1;
          this.ssm.set(name, { value, version });
          return version;
        }),
    };
  }
}

const ROUTE = parameters.route('shop', 'prod');

type Write = <T>(name: string, effect: () => T) => Promise<T>;
