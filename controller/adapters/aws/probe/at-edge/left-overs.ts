import { DeleteLogGroupCommand, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { PROBE_NAME } from '../../../../core/doctor/probe/part.ts';
import type { Listed, Listing } from '../listing.ts';
import { groupOf } from './log-lines.ts';

/** A line that comes after its group was taken away makes it anew. */
export const EDGE_LOG_LISTINGS: readonly Listing[] = [
  {
    what: 'log group',
    parts: ['edge'],
    async list({ logs }) {
      const found: Listed[] = [];
      const order = { logGroupNamePrefix: groupOf(PROBE_NAME) };
      for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, order)) {
        for (const { logGroupName = '' } of logGroups) {
          const remove = () => logs.send(new DeleteLogGroupCommand({ logGroupName }));
          found.push({ name: logGroupName.slice(groupOf('').length), id: logGroupName, remove });
        }
      }
      return found;
    },
  },
];
