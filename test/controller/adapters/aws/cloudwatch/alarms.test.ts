import {
  CloudWatchClient,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it, vi } from 'vitest';
import { createContext } from '../../../../../controller/context.ts';
import { checkAlarms } from '../../../../contract/alarms.ts';
import { useCloud } from '../cloud-context.ts';

describe('CloudWatch alarms', () => {
  const held = useCloud();
  const client = (region: string) => new CloudWatchClient(held.cloud.config(region));

  checkAlarms(() => ({
    alarms: held.context.alarms,
    async create(name, region) {
      await client(region).send(
        new PutMetricAlarmCommand({
          AlarmName: name,
          Namespace: 'Shop',
          MetricName: name,
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        }),
      );
    },
    async set(name, state, region) {
      await client(region).send(
        new SetAlarmStateCommand({
          AlarmName: name,
          StateValue: state,
          StateReason: `set to ${state}`,
        }),
      );
    },
  }));

  it('asks once for plain states, also of composite alarms, whose parts it asks for only to see what they see', async () => {
    const direct = client('us-east-1');
    const put = { Namespace: 'Shop', MetricName: 'part', Statistic: 'Sum', Period: 60 } as const;
    const limit = { EvaluationPeriods: 1, Threshold: 1 };
    const Dimensions = [{ Name: 'build', Value: 'canary' }];
    await direct.send(
      new PutMetricAlarmCommand({
        ...put,
        ...limit,
        Dimensions,
        AlarmName: 'part',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      }),
    );
    const AlarmRule = 'ALARM(part)';
    await direct.send(new PutCompositeAlarmCommand({ AlarmName: 'whole', AlarmRule }));
    const send = vi.spyOn(CloudWatchClient.prototype, 'send');
    const asked = { name: 'whole', region: 'us-east-1' };
    const { alarms } = createContext();
    const [plain] = await alarms.read([asked], { plain: true });
    expect(send).toHaveBeenCalledTimes(1);
    const [whole] = await alarms.read([asked]);
    expect(send).toHaveBeenCalledTimes(3);
    send.mockRestore();
    expect(whole).toEqual({ ...plain, seesCanary: true });
    direct.destroy();
  });

  it('says `unreadable` when CloudWatch does not answer, but never guesses at its history', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    const { alarms } = createContext();
    const alarm = { name: 'any', region: 'us-east-1' };
    expect(await alarms.read([alarm])).toEqual([
      {
        ...alarm,
        state: 'unreadable',
        since: undefined,
        reason: expect.stringContaining('127.0.0.1:1 does not answer') as unknown,
      },
    ]);
    await expect(alarms.entered([alarm], new Date().toISOString())).rejects.toMatchObject({
      exitCode: 2,
    });
  });
});
