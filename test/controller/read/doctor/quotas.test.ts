import { expect, it } from 'vitest';
import type { EnvironmentLook } from '../../../../controller/core/doctor/facts.ts';
import type { Context } from '../../../../controller/ports/context.ts';
import { openNotebook } from '../../../../controller/read/doctor/notebook.ts';
import { readQuotas } from '../../../../controller/read/doctor/quotas.ts';
import { appPolicy, environmentPolicy } from '../../../fakes/world.ts';

it('counts alarms and parameters once in each region that policies are in', async () => {
  const asked: string[] = [];
  const count = (what: string, used: number) => async (region: string) => {
    asked.push(`${what} ${region}`);
    return used;
  };
  const inspection = {
    quota: async () => undefined,
    counts: async () => ({ functions: 0, stores: 0, readers: new Map() }),
    alarmCount: count('alarms', 4999),
    parameterCount: count('parameters', 9000),
  };
  const app = { ...appPolicy(environmentPolicy('1')), region: 'eu-west-1' };
  const environment = { subject: { app }, settings: [] } as unknown as EnvironmentLook;
  const alarm = (region: string) => ({
    state: { name: 'a', region, state: 'OK' as const, since: undefined, reason: '' },
    guards: [],
    elsewhere: [],
  });
  const uses = await readQuotas({ inspection } as unknown as Context, openNotebook(), {
    environments: [environment, environment],
    groups: [],
    alarms: [alarm('eu-west-1'), alarm('us-east-1')],
  });
  expect(asked.toSorted()).toEqual([
    'alarms eu-west-1',
    'alarms us-east-1',
    'parameters eu-west-1',
  ]);
  expect(uses.map(({ what, used, limit }) => [what, used, limit])).toEqual(
    expect.arrayContaining([
      ['alarms in us-east-1', 4999, 5000],
      ['parameters in eu-west-1', 9000, 10_000],
    ]),
  );
});
