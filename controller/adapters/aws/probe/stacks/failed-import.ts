import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { ProbeClients } from '../clients.ts';
import { createGroup } from '../logs/scratch-group.ts';
import type { PartRun } from '../part-run.ts';
import { createStack } from './scratch-stack.ts';

/** Whether a log group outlives the failed creation of a stack that took it over. */
export async function failAfterImport(
  { stacks, logs }: ProbeClients,
  run: PartRun,
): Promise<readonly [boolean, string]> {
  const { name } = await createGroup(logs, run.scratch, `${run.scratch.name}-imported`);
  const stack = createStack(stacks, run, { suffix: 'import', imports: true });
  const { changeSet, name: change } = await stack.prepare('CREATE', composeTemplate(name));
  if (changeSet.Status !== 'CREATE_COMPLETE') {
    throw new Error(`the change set is ${changeSet.Status}: ${changeSet.StatusReason}`);
  }
  const status = await stack.carryOut(change);
  const order = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
  const { logGroups = [] } = await logs.send(order);
  const isThere = logGroups.some(({ logGroupName }) => logGroupName === name);
  const evidence = `${status}, the log group ${isThere ? 'is still there' : 'is gone'}`;
  return [status === 'ROLLBACK_COMPLETE' && isThere, evidence];
}

/** The filter of a group that isn't there fails, after the other was taken over. */
function composeTemplate(LogGroupName: string) {
  return {
    Resources: {
      Imported: {
        Type: 'AWS::Logs::LogGroup',
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Properties: { LogGroupName },
      },
      Failing: {
        Type: 'AWS::Logs::MetricFilter',
        DependsOn: 'Imported',
        Properties: {
          LogGroupName: `${LogGroupName}-none`,
          FilterPattern: 'none',
          MetricTransformations: [
            { MetricNamespace: 'headgate-probe', MetricName: LogGroupName, MetricValue: '1' },
          ],
        },
      },
    },
  };
}
