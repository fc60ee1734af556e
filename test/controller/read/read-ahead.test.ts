import { expect, it } from 'vitest';
import type { EnvironmentSubject } from '../../../controller/core/policy/subjects.ts';
import type { EnvironmentRecord } from '../../../controller/core/state/record.ts';
import type { AlarmState } from '../../../controller/ports/alarms.ts';
import type { Context } from '../../../controller/ports/context.ts';
import { readAhead } from '../../../controller/read/read-ahead.ts';
import { appPolicy, environmentPolicy, GROUP, World } from '../../fakes/world.ts';

const ALARM = { name: 'errors', region: 'us-east-1' };

function subjectsNamed(...names: readonly string[]): readonly EnvironmentSubject[] {
  const guard = { ...environmentPolicy('1', {}).guard, alarms: [ALARM] };
  return names.map((name) => ({
    app: appPolicy(environmentPolicy('1', {})),
    environment: { ...environmentPolicy('1', {}), name, hosts: [`${name}.example.com`], guard },
    group: GROUP,
  }));
}

/** Ports that say what they were asked for; an environment named `broken` has a record that can't be read. */
function createWitness(alarms: readonly AlarmState['state'][] = ['OK']) {
  const asked: string[] = [];
  const states = [...alarms];
  const ports = new World().context();
  const context: Context = {
    ...ports,
    records: () => ({
      ...ports.records({ bucket: 'b', region: 'r' }),
      async read(_app, environment) {
        asked.push(`record ${environment}`);
        if (environment === 'broken') throw new Error('no JSON');
        return undefined;
      },
    }),
    routes: {
      ...ports.routes,
      async read(store, keys) {
        asked.push(`${store} ${keys.length}`);
        return { revision: '1', values: new Map([['dev.example.com', 'route']]), arn: 'arn' };
      },
    },
    alarms: {
      ...ports.alarms,
      async read(names) {
        asked.push(`alarms ${names.length}`);
        const state = states.shift() ?? 'OK';
        return names.map((name) => ({ ...name, state, since: undefined, reason: '' }));
      },
    },
  };
  return { context, asked };
}

it('asks for all environments together, records first, and then answers each', async () => {
  const { context, asked } = createWitness();
  const ahead = await readAhead(context, subjectsNamed('dev', 'prod'));
  expect(asked.slice(0, 2)).toEqual(['record dev', 'record prod']);
  expect(asked).toHaveLength(4);
  const place = { bucket: 'acme-web-builds', region: 'us-east-1' };
  await ahead.records(subjectsNamed('dev')[0]?.app ?? place).read('shop', 'dev');
  expect(await ahead.alarms.read([ALARM])).toMatchObject([{ state: 'OK' }]);
  const read = await ahead.routes.read(GROUP.keyValueStore, [
    'dev.example.com',
    'prod.example.com',
  ]);
  expect(read).toMatchObject({ revision: '1', values: new Map([['dev.example.com', 'route']]) });
  expect(asked).toHaveLength(4);
  // Nobody asked for this one before.
  await ahead.routes.read(GROUP.keyValueStore, ['other.example.com']);
  expect(asked.at(-1)).toBe(`${GROUP.keyValueStore} 1`);
});

it("leaves one environment's failure its own", async () => {
  const { context } = createWitness();
  const [subject, ...others] = subjectsNamed('broken', 'prod');
  const ahead = await readAhead(context, [...(subject ? [subject] : []), ...others]);
  const records = ahead.records(subject?.app ?? { bucket: '', region: '' });
  await expect(records.read('shop', 'broken')).rejects.toThrow('no JSON');
  expect(await records.read('shop', 'prod')).toBeUndefined();
});

it('asks again for an alarm that could not be read with all the others', async () => {
  const { context, asked } = createWitness(['unreadable', 'ALARM']);
  const ahead = await readAhead(context, subjectsNamed('dev', 'prod'));
  expect(await ahead.alarms.read([ALARM])).toMatchObject([{ state: 'ALARM' }]);
  expect(asked.filter((one) => one.startsWith('alarms'))).toHaveLength(2);
});

it('leaves a damaged record to its own environment', async () => {
  const { context } = createWitness();
  const damaged = { ...new World().storedRecord, hosts: 5 } as unknown as EnvironmentRecord;
  const records: Context['records'] = (place) => ({
    ...context.records(place),
    read: async (_app, name) =>
      name === 'damaged' ? { record: damaged, revision: '1' } : undefined,
  });
  const subjects = subjectsNamed('damaged', 'dev', 'prod');
  const ahead = await readAhead({ ...context, records }, subjects);
  const read = await ahead.routes.read(GROUP.keyValueStore, ['dev.example.com']);
  expect(read.values.get('dev.example.com')).toBe('route');
});

it('asks no store for environments where nothing goes on, where their records are believed', async () => {
  const world = new World();
  world.publish('1');
  await world.reconcile();
  const { storedRecord: calm } = world;
  if (calm === undefined) throw new Error('no record');
  const { context, asked } = createWitness();
  const records: Context['records'] = (place) => ({
    ...context.records(place),
    read: async (_app, name) => {
      const record = name === 'busy' ? { ...calm, intent: calm } : calm;
      return { record, revision: '1' };
    },
  });
  const stores = () => asked.filter((one) => one.startsWith(GROUP.keyValueStore));
  const believes = { believes: true };
  await readAhead({ ...context, records }, subjectsNamed('dev', 'prod'), believes);
  expect(stores()).toEqual([]);
  await readAhead({ ...context, records }, subjectsNamed('busy', 'prod'), believes);
  // Its own host, the distribution's and the record's, and its keys.
  expect(stores()).toEqual([`${GROUP.keyValueStore} 4`]);
});
