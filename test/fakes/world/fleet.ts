import { createHash } from 'node:crypto';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { Distribution } from '../../../controller/core/plan/behaviours.ts';
import type { Plan } from '../../../controller/core/plan/plan.ts';
import type {
  AppPolicy,
  EnvironmentPolicy,
  Policies,
} from '../../../controller/core/policy/policy.ts';
import type { PolicyCopy } from '../../../controller/core/policy/policy-copy.ts';
import type { CodeRecord } from '../../../controller/core/state/code-record.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { planAll, type Planned } from '../../../controller/read/plan-all.ts';
import { ALARM, environmentPolicy, GROUP } from './policies.ts';
import { World } from './world.ts';

/** One app of many, with one environment of its own host, distribution and alarm. */
export class AppWorld extends World {
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
    const { distribution } = this;
    this.distribution = distribution && {
      ...distribution,
      id: this.distributionId,
      domain: `${name}.cloudfront.example`,
      aliases: [this.host],
      behaviours: distribution.behaviours.map((one) => ({
        ...one,
        originPath: one.originPath.replace('shop', name),
      })),
    };
    this.policy = this.policyOf('1');
  }

  get host(): string {
    return `${this.name}.example.com`;
  }

  get distributionId(): string {
    return `EXAMPLE${this.name.toUpperCase().replaceAll('-', '')}`;
  }

  policyOf(build: string, changes: Partial<EnvironmentPolicy> = {}): EnvironmentPolicy {
    const policy = environmentPolicy(build);
    return {
      ...policy,
      hosts: [this.host],
      edge: { group: 'prod', distribution: this.distributionId },
      guard: { ...policy.guard, alarms: [{ ...ALARM, name: `${this.name}-prod-errors` }] },
      ...changes,
    };
  }

  override get app(): AppPolicy {
    return { ...super.app, app: this.name, file: `policies/${this.name}.yaml` };
  }
}

/** Many apps that one edge group serves, from one KeyValueStore. */
export class Fleet {
  readonly worlds: readonly AppWorld[];
  code: { readonly request: string; readonly response: string } = { request: 'q', response: 's' };
  together: NonNullable<Policies['together']> = [];
  #published = new Map<string, string>();
  #record: CodeRecord | undefined;
  #golden = new Map<string, string>();

  constructor(names: readonly string[]) {
    this.worlds = names.map((name) => new AppWorld(name));
  }

  at(name: string): AppWorld {
    const world = this.worlds.find((one) => one.name === name);
    if (world === undefined) throw new Error(`no app ${name}`);
    return world;
  }

  /** Build 1 everywhere, two more to be had, and the edge code that it takes. */
  async release(): Promise<this> {
    for (const world of this.worlds) {
      world.publish('1', '2', '3');
      await world.reconcile();
    }
    await this.settle();
    return this;
  }

  pass(seconds: number): void {
    for (const world of this.worlds) world.pass(seconds);
  }

  /** Edge code as the plan has it, quiet. */
  async settle(): Promise<void> {
    const { set } = await this.plan();
    for (const plan of set.plans) if (plan.subject.kind === 'group') this.#take(plan);
  }

  #take({ changes }: Plan): void {
    for (const change of changes) {
      if (change.kind === 'write-golden') this.#golden.set(change.key, change.value);
      if (change.kind === 'publish-function') {
        const code = this.code[change.role];
        this.#published.set(change.name, change.floor ? withFloor(code, change.floor) : code);
      }
      if (change.kind !== 'write-code-record') continue;
      const releases = change.record.releases.map((one) => ({ ...one, quiet: true }));
      this.#record = { ...change.record, releases };
    }
  }

  get policies(): Policies {
    const apps = this.worlds.map(({ app }) => app);
    return { groups: [GROUP], apps, together: this.together };
  }

  plan(
    given: {
      readonly context?: Partial<Context>;
      readonly copies?: readonly PolicyCopy[];
      readonly isComplete?: boolean;
    } = {},
  ): Promise<Planned> {
    const { context = {}, copies = [], isComplete = true } = given;
    const run = { by: 'tester', commit: 'abc' };
    return planAll({ ...this.context(), ...context }, this.policies, { run, isComplete, copies });
  }

  /** Whose it is tells the app's name, the host, the alarm or the distribution. */
  context(): Context {
    const [first] = this.worlds;
    if (first === undefined) throw new Error('a fleet has apps');
    const base = first.context();
    const of = (name: string) => this.at(name).context();
    const bundle = (code: string) => ({ code, hash: hash(code) });
    return {
      ...base,
      builds: () => ({
        ...base.builds(first.app),
        readManifest: (app, build) => of(app).builds(first.app).readManifest(app, build),
        hasFile: (app, build, file) => of(app).builds(first.app).hasFile(app, build, file),
        readSettings: async () => ({ spa: true, pool: { include: ['/assets/*'], exclude: [] } }),
      }),
      records: () => ({
        ...base.records(first.app),
        read: (app, environment) => of(app).records(first.app).read(app, environment),
        hasHistory: async (app, _environment, generation) => this.at(app).history.has(generation),
      }),
      routes: {
        ...base.routes,
        read: async (store, keys) => ({
          arn: `arn:of:${store}`,
          revision: '1',
          values: new Map(
            [...this.worlds.flatMap(({ routes }) => [...routes]), ...this.#golden].filter(([key]) =>
              keys.includes(key),
            ),
          ),
        }),
      },
      parameters: () => ({
        ...base.parameters(''),
        read: async (names) =>
          new Map(
            this.worlds.flatMap(({ ssm }) => [...ssm].filter(([name]) => names.includes(name))),
          ),
      }),
      alarms: {
        ...base.alarms,
        read: async (alarms) =>
          alarms.map((alarm) => {
            const { alarm: state, alarmFacts } = this.#owner(alarm.name);
            return { ...alarm, ...alarmFacts, state, reason: 'as set by the test' };
          }),
        entered: async (alarms, since) =>
          alarms.flatMap(({ name }) =>
            this.#owner(name)
              .entries.filter(({ at }) => at >= since)
              .map((entry) => ({ ...entry, name })),
          ),
      },
      distributions: { ...base.distributions, read: async (id) => this.#distribution(id) },
      bundler: {
        ...base.bundler,
        compose: async () => ({
          request: bundle(this.code.request),
          response: bundle(this.code.response),
        }),
      },
      edgeCode: {
        ...base.edgeCode,
        readLive: async (name) => {
          const code = this.#published.get(name);
          return code === undefined ? undefined : { code, comment: '', arn: `arn:of:${name}` };
        },
      },
      codeRecords: () => ({
        read: async () => this.#record && { record: this.#record, revision: '1' },
        write: async () => {},
      }),
      policyCopies: () => ({ read: async () => undefined, write: async () => {} }),
    };
  }

  #owner(alarm: string): AppWorld {
    return this.at(alarm.replace(/-prod-errors$/, ''));
  }

  #distribution(id: string): Distribution | undefined {
    return this.worlds.find(({ distributionId }) => distributionId === id)?.distribution;
  }
}

function hash(code: string): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}
