import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Measured } from '../../../core/doctor/probe/statement.ts';
import { buildClientConfig, GLOBAL_REGION } from '../client-config.ts';
import { watchDates } from '../inspection/identity.ts';
import { observe, refusalOf, tell, type Refusal } from './observe.ts';

const MINUTE = 60_000;

/** How far the time of a request may be from that of AWS: nobody's clock is set for it. */
export function measureClockSkew(sts: STSClient): Promise<Measured> {
  return observe('clock-skew', async () => {
    const dates = watchDates(sts);
    await sts.send(new GetCallerIdentityCommand({}));
    const now = dates.last();
    if (now === undefined) throw new Error("AWS didn't say what time it is");
    // This machine's clock may be off by itself.
    const offset = now.getTime() - Date.now();
    const near = await askAll(offset + 14 * MINUTE);
    const far = await askAll(offset + 16 * MINUTE);
    const holds = near.every((one) => !isOfTime(one)) && far.every(isOfTime);
    const evidence = `SSM, CloudFront, CloudWatch: 14 minutes later ${list(near)}; 16 minutes ${list(far)}`;
    return [holds, evidence];
  });
}

function list(refusals: readonly (Refusal | undefined)[]): string {
  return refusals.map(tell).join(', ');
}

function isOfTime(refusal: Refusal | undefined): boolean {
  return refusal !== undefined && /Signature|TimeTooSkewed|Expired/.test(refusal.name);
}

/** Of a service that speaks JSON, of one that speaks XML, and of one that speaks another form of JSON. */
async function askAll(systemClockOffset: number): Promise<readonly (Refusal | undefined)[]> {
  // One attempt: the SDK sets its clock right by the first refusal.
  const config = {
    ...buildClientConfig(GLOBAL_REGION),
    systemClockOffset,
    maxAttempts: 1,
  };
  const Name = '/headgate-probe/none';
  return [
    await refusalOf(new SSMClient(config).send(new GetParameterCommand({ Name }))),
    await refusalOf(new CloudFrontClient(config).send(new ListDistributionsCommand({}))),
    await refusalOf(
      new CloudWatchClient(config).send(new DescribeAlarmsCommand({ AlarmNames: [Name] })),
    ),
  ];
}
