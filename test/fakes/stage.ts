import type { Distribution } from '../../controller/core/plan/behaviours.ts';
import { keys, parameters } from '../../controller/core/state/keys.ts';
import type {
  AlarmName,
  AppPolicy,
  EdgeGroup,
  EnvironmentPolicy,
} from '../../controller/core/policy/policy.ts';
import { parseRoute } from '../../controller/core/state/route.ts';
import type { EnvironmentRecord } from '../../controller/core/state/record.ts';
import type { Context } from '../../controller/ports/context.ts';
import { BUCKET, createCloud, REGION, type Cloud } from './cloud/cloud.ts';
import { createStores, getObject, type Send } from './cloud/ports.ts';
import { DISTRIBUTION, withLambda } from './world/distribution.ts';
import { createPorts } from './world/ports.ts';
import { appPolicy, environmentPolicy, HOST } from './world/policies.ts';
import { WorldState } from './world/state.ts';

/** What tells environments of one KeyValueStore apart. */
interface Site {
  readonly app: string;
  readonly host: string;
  readonly distribution: Distribution;
}

const SHOP: Site = { app: 'shop', host: HOST, distribution: DISTRIBUTION };
const CHECKOUT: Site = siteOf('checkout', 'E2EXAMPLE', 'd2.cloudfront.example');

function siteOf(app: string, id: string, domain: string): Site {
  const host = `${app}.example.com`;
  const behaviours = DISTRIBUTION.behaviours.map((one) => ({
    ...one,
    originPath: one.originPath.replace('/shop/', `/${app}/`),
  }));
  return { app, host, distribution: { ...DISTRIBUTION, id, domain, aliases: [host], behaviours } };
}

function alarmsOf({ app }: Site): readonly AlarmName[] {
  return ['errors', 'slow'].map((what) => ({ name: `${app}-prod-${what}`, region: REGION }));
}

/** Everything around one environment; what is true is here, not in what the product believes. */
export class Stage {
  readonly cloud: Cloud;
  readonly group: EdgeGroup;
  /** What is published, and the distribution. */
  readonly world: WorldState;
  readonly app: string;
  readonly host: string;
  readonly domain: string;
  readonly alarms: readonly AlarmName[];
  /** Names of its SSM parameters. */
  readonly names: { readonly route: string; readonly activeBuild: string };
  /** As it is in git now. */
  policy: EnvironmentPolicy;
  /** Every entry into ALARM. */
  readonly fired: { name: string; at: number }[] = [];
  readonly #states = new Map<string, string>();
  /** As of so many writes: monitors ask for them after every request. */
  #parameters = { writes: 0, read: new Map<string, Promise<Parameter>>() };
  #record: { writes: number; read: Promise<EnvironmentRecord | undefined> } | undefined;

  private constructor(cloud: Cloud, world: WorldState, site: Site) {
    this.cloud = cloud;
    this.world = world;
    this.group = world.group;
    const { app, host, distribution } = site;
    this.app = app;
    this.host = host;
    this.domain = distribution.domain;
    this.alarms = alarmsOf(site);
    this.names = {
      route: parameters.route(app, 'prod'),
      activeBuild: parameters.activeBuild(app, 'prod'),
    };
    const { guard } = environmentPolicy('1');
    this.policy = environmentPolicy('1', {
      hosts: [host],
      edge: { group: 'prod', distribution: distribution.id },
      guard: { ...guard, alarms: this.alarms },
    });
  }

  /** One environment, or two of one store, whose builds have the same numbers. */
  static async create(group: EdgeGroup, count: 1 | 2): Promise<readonly Stage[]> {
    const sites = [SHOP, CHECKOUT].slice(0, count);
    const alarms = sites.flatMap(alarmsOf);
    const cloud = await createCloud(alarms.map(({ name }) => name));
    const world = new WorldState(group);
    world.publish('1', '2', '3');
    const stages = sites.map((site) => new Stage(cloud, world, site));
    for (const stage of stages) {
      for (const { name } of stage.alarms) await stage.setAlarm(name, 'OK');
    }
    return stages;
  }

  get isLambda(): boolean {
    return this.group.runtime === 'lambda-edge';
  }

  /** As calls name it. */
  get name(): string {
    return `${this.app}/prod`;
  }

  /** With this as its one environment's policy. */
  appOf(policy: EnvironmentPolicy): AppPolicy {
    const file = `policies/${this.app}.yaml`;
    return { ...appPolicy(policy), app: this.app, file };
  }

  /** The text that visitors get their answers by; every host has its own. */
  async served(): Promise<readonly (string | undefined)[]> {
    if (this.isLambda) return [(await this.parameter(this.names.route)).value];
    return [this.cloud.readKey(this.host), this.cloud.readKey(this.domain)];
  }

  /** As a host at the edge reads it. */
  get route() {
    return parseRoute(this.cloud.readKey(this.host));
  }

  parameter(name: string): Promise<Parameter> {
    const writes = this.cloud.parameterWrites;
    if (this.#parameters.writes !== writes) this.#parameters = { writes, read: new Map() };
    const { read } = this.#parameters;
    const found = read.get(name) ?? this.#readParameter(name);
    read.set(name, found);
    return found;
  }

  async #readParameter(name: string): Promise<Parameter> {
    const { Parameters } = await this.cloud.call<Found>('ssm', 'GetParameters', { Names: [name] });
    const [found] = Parameters;
    return { value: found?.Value, version: found?.Version ?? 0 };
  }

  record(): Promise<EnvironmentRecord | undefined> {
    const writes = this.cloud.objectWrites;
    if (this.#record?.writes !== writes) this.#record = { writes, read: this.#readRecord() };
    return this.#record.read;
  }

  async #readRecord(): Promise<EnvironmentRecord | undefined> {
    const object = await getObject(this.cloud, keys.record(this.app, 'prod'));
    return object && (JSON.parse(object.text) as EnvironmentRecord);
  }

  removeObject(key: string): Promise<unknown> {
    return this.cloud.send('s3', { method: 'DELETE', path: `/${BUCKET}/${key}` });
  }

  async setAlarm(name: string, state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'): Promise<void> {
    const input = { AlarmName: name, StateValue: state, StateReason: 'as set by the test' };
    await this.cloud.call('cloudWatch', 'SetAlarmState', input);
    if (state === 'ALARM' && this.#states.get(name) !== state) {
      this.fired.push({ name, at: this.cloud.now });
    }
    this.#states.set(name, state);
  }

  isFiring(name: string): boolean {
    return this.#states.get(name) === 'ALARM';
  }

  /** All that visitors get their answers by. */
  async loseServed(): Promise<void> {
    if (this.isLambda) await this.cloud.call('ssm', 'DeleteParameter', { Name: this.names.route });
    else this.cloud.changeKeys([], [this.host, this.domain]);
  }

  /** Somebody's hands, in what visitors get. */
  async tamper(served: string): Promise<void> {
    const text = served.replace('"spa":1', '"spa":0');
    if (this.isLambda) {
      const input = { Name: this.names.route, Value: text, Type: 'String', Overwrite: true };
      await this.cloud.call('ssm', 'PutParameter', input);
    } else this.cloud.changeKeys([[this.host, text]], []);
  }

  /** What one actor may use; its requests go where `send` says. */
  context(send: Send): Context {
    const { records, routes, parameters: store, alarms } = createStores(this.cloud, send);
    return {
      ...createPorts(this.world),
      clock: {
        now: () => new Date(this.cloud.now),
        // With a signal somebody waits for something else, and no longer than that takes.
        sleep: (_milliseconds, signal) =>
          signal === undefined ? send('sleep', 'sleep', async () => {}) : untilAborted(signal),
      },
      distributions: {
        read: async (id) => this.#distribution(id),
        associate: () => Promise.reject(new Error('not part of this world')),
        leave: () => Promise.reject(new Error('not part of this world')),
        forget: () => Promise.reject(new Error('not part of this world')),
      },
      // The fast lane has nothing but the record to go by.
      policyCopies: () => ({ read: async () => undefined, write: async () => {} }),
      records: () => records,
      routes,
      parameters: () => store,
      alarms,
    };
  }

  #distribution(id: string): Distribution {
    const { distribution } = id === CHECKOUT.distribution.id ? CHECKOUT : SHOP;
    return this.isLambda ? withLambda(distribution) : distribution;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

interface Parameter {
  readonly value: string | undefined;
  readonly version: number;
}

interface Found {
  readonly Parameters: readonly { readonly Value: string; readonly Version: number }[];
}
