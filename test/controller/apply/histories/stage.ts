import { keys, parameters } from '../../../../controller/core/state/keys.ts';
import type { EnvironmentPolicy, EdgeGroup } from '../../../../controller/core/policy/policy.ts';
import type { EnvironmentRecord } from '../../../../controller/core/state/record.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { BUCKET, createCloud, type Cloud } from '../../../fakes/cloud/cloud.ts';
import { createStores, getObject, type Send } from '../../../fakes/cloud/ports.ts';
import { createPorts } from '../../../fakes/world/ports.ts';
import { environmentPolicy, DOMAIN, HOST } from '../../../fakes/world/policies.ts';
import { WorldState } from '../../../fakes/world/state.ts';

export const ALARMS = [
  { name: 'shop-prod-errors', region: 'us-east-1' },
  { name: 'shop-prod-slow', region: 'us-east-1' },
] as const;

export const ROUTE = parameters.route('shop', 'prod');
export const ACTIVE_BUILD = parameters.activeBuild('shop', 'prod');
const RECORD = keys.record('shop', 'prod');

interface Found {
  readonly Parameters: readonly { readonly Value: string; readonly Version: number }[];
}

/** Everything around one environment; what is true is here, not in what the product believes. */
export class Stage {
  readonly cloud: Cloud;
  readonly group: EdgeGroup;
  /** What is published, and the distribution. */
  readonly world: WorldState;
  /** As it is in git now. */
  policy: EnvironmentPolicy;
  /** Every entry into ALARM. */
  readonly fired: { name: string; at: number }[] = [];
  readonly #alarms = new Map<string, string>();

  private constructor(cloud: Cloud, group: EdgeGroup) {
    this.cloud = cloud;
    this.group = group;
    this.world = new WorldState(group);
    this.world.publish('1', '2', '3');
    const { guard } = environmentPolicy('1');
    this.policy = environmentPolicy('1', { guard: { ...guard, alarms: ALARMS } });
  }

  static async create(group: EdgeGroup): Promise<Stage> {
    const cloud = await createCloud(ALARMS.map(({ name }) => name));
    const stage = new Stage(cloud, group);
    for (const { name } of ALARMS) await stage.setAlarm(name, 'OK');
    return stage;
  }

  get isLambda(): boolean {
    return this.group.runtime === 'lambda-edge';
  }

  /** The text that visitors get their answers by; every host has its own. */
  async served(): Promise<readonly (string | undefined)[]> {
    if (this.isLambda) return [(await this.parameter(ROUTE)).value];
    return [this.cloud.readKey(HOST), this.cloud.readKey(DOMAIN)];
  }

  async parameter(name: string): Promise<{ value: string | undefined; version: number }> {
    const { Parameters } = await this.cloud.call<Found>('ssm', 'GetParameters', { Names: [name] });
    const [found] = Parameters;
    return { value: found?.Value, version: found?.Version ?? 0 };
  }

  async record(): Promise<EnvironmentRecord | undefined> {
    const object = await getObject(this.cloud, RECORD);
    return object && (JSON.parse(object.text) as EnvironmentRecord);
  }

  removeObject(key: string): Promise<unknown> {
    return this.cloud.send('s3', { method: 'DELETE', path: `/${BUCKET}/${key}` });
  }

  async setAlarm(name: string, state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'): Promise<void> {
    const input = { AlarmName: name, StateValue: state, StateReason: 'as set by the test' };
    await this.cloud.call('cloudWatch', 'SetAlarmState', input);
    if (state === 'ALARM' && this.#alarms.get(name) !== state) {
      this.fired.push({ name, at: this.cloud.now });
    }
    this.#alarms.set(name, state);
  }

  isFiring(name: string): boolean {
    return this.#alarms.get(name) === 'ALARM';
  }

  /** What one actor may use; its requests go where `send` says. */
  context(send: Send): Context {
    const { records, routes, parameters: store, alarms } = createStores(this.cloud, send);
    return {
      ...createPorts(this.world),
      clock: {
        now: () => new Date(this.cloud.now),
        sleep: () => send('sleep', 'sleep', async () => {}),
      },
      // The fast lane has nothing but the record to go by.
      policyCopies: () => ({ read: async () => undefined, write: async () => {} }),
      records: () => records,
      routes,
      parameters: () => store,
      alarms,
    };
  }
}
