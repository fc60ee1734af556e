import { AlarmType, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { Inspection } from '../../../ports/inspection.ts';
import { ask } from './asking.ts';
import type { Clients } from './clients.ts';

type OfCounts = Pick<Inspection, 'alarmCount' | 'parameterCount'>;

/** The largest pages that there are (documented): most accounts have one or two. */
const ALARMS = 100;
const PARAMETERS = 50;

export function inspectCounts(clients: Pick<Clients, 'cloudwatch' | 'ssm'>): OfCounts {
  return {
    async alarmCount(region) {
      const client = await clients.cloudwatch(region);
      const doing = { action: 'cloudwatch:DescribeAlarms', resource: `the alarms of ${region}` };
      return ask(doing, async () => {
        let found = 0;
        const asked = { AlarmTypes: [AlarmType.MetricAlarm, AlarmType.CompositeAlarm] };
        const pages = paginateDescribeAlarms({ client, pageSize: ALARMS }, asked);
        for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages)
          found += MetricAlarms.length + CompositeAlarms.length;
        return found;
      });
    },
    async parameterCount(region) {
      const client = await clients.ssm(region);
      const doing = { action: 'ssm:DescribeParameters', resource: `the parameters of ${region}` };
      return ask(doing, async () => {
        let found = 0;
        for await (const { Parameters = [] } of paginateDescribeParameters(
          { client, pageSize: PARAMETERS },
          {},
        ))
          found += Parameters.filter(({ Tier }) => Tier !== 'Advanced').length;
        return found;
      });
    },
  };
}
