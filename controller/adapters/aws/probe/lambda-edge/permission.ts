import { type DistributionConfig, GetDistributionConfigCommand } from '@aws-sdk/client-cloudfront';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import type { ProbeClients } from '../clients.ts';
import { changeDistribution, type Made } from '../distribution.ts';
import { COMMENT } from '../edge-listings.ts';
import { isDenied, observe, refusalOf, tell } from '../observe.ts';
import type { PartRun } from '../part-run.ts';
import { createRole, trustCaller, type Statement } from '../roles/role.ts';
import { createClients, takeRole } from '../roles/session.ts';
import { refusalInTheEnd } from '../wait.ts';

const PAUSE_MILLISECONDS = 500;
/** IAM's own word for it is "eventually". */
const KNOWN_MILLISECONDS = 120_000;

/** What an update needs that leaves the functions as they are. The last change of the distribution: it settles again. */
export function lookAtPermission(
  { iam, sts }: ProbeClients,
  { scratch, signal }: PartRun,
  { made, versions }: { readonly made: Made; readonly versions: readonly string[] },
): Promise<Measured> {
  const patience = { signal, pause: PAUSE_MILLISECONDS, most: KNOWN_MILLISECONDS };
  return observe('lambda-permission', async () => {
    const trust = await trustCaller(sts);
    const role = await createRole(iam, scratch, { suffix: 'change', trust });
    await role.allow('change', [allowChange(made.arn)]);
    const { credentials } = await takeRole(sts, role.arn, patience);
    const { cloudfront } = await createClients(credentials);
    // Once it may read, IAM knows the policy that lets it update, too.
    const read = new GetDistributionConfigCommand({ Id: made.id });
    await refusalInTheEnd(() => cloudfront.send(read), patience);
    const change = () => changeDistribution(cloudfront, made.id, recomment);
    const without = await refusalOf(change());
    await role.allow('functions', [allowFunctions(versions)]);
    const withThem = await refusalInTheEnd(change, patience);
    const evidence = `an update that leaves the functions alone, without their permissions: ${tell(without)}, with them: ${tell(withThem)}`;
    return [isDenied(without) && withThem === undefined, evidence];
  });
}

function recomment(config: DistributionConfig): DistributionConfig {
  return { ...config, Comment: `${COMMENT}, changed` };
}

function allowChange(Resource: string): Statement {
  const Action = ['cloudfront:GetDistributionConfig', 'cloudfront:UpdateDistribution'];
  return { Effect: 'Allow', Action, Resource };
}

function allowFunctions(Resource: readonly string[]): Statement {
  const Action = ['lambda:GetFunction', 'lambda:EnableReplication*', 'lambda:DisableReplication*'];
  return { Effect: 'Allow', Action, Resource };
}
