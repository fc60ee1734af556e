import {
  paginateDescribeLogGroups,
  paginateDescribeMetricFilters,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Inspection } from '../../../ports/inspection.ts';
import { ask, askOrNone } from './asking.ts';
import type { Clients } from './clients.ts';

type OfLogs = Pick<Inspection, 'logGroups' | 'metricFilters'>;

export function inspectLogs(clients: Pick<Clients, 'logs'>): OfLogs {
  return {
    async logGroups(prefix) {
      const client = await clients.logs();
      const resource = `log groups ${prefix}*`;
      const found = new Map<string, number>();
      await ask({ action: 'logs:DescribeLogGroups', resource }, async () => {
        const asked = { logGroupNamePrefix: prefix };
        for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, asked))
          for (const { logGroupName = '', retentionInDays = 0 } of logGroups)
            found.set(logGroupName, retentionInDays);
      });
      return found;
    },
    async metricFilters(group) {
      const client = await clients.logs();
      const doing = { action: 'logs:DescribeMetricFilters', resource: `log group ${group}` };
      const names = await askOrNone(doing, ['ResourceNotFoundException'], async () => {
        const found: string[] = [];
        const asked = { logGroupName: group };
        for await (const { metricFilters = [] } of paginateDescribeMetricFilters({ client }, asked))
          found.push(...metricFilters.flatMap(({ filterName }) => filterName ?? []));
        return found;
      });
      return names ?? [];
    },
  };
}
