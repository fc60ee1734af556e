import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { DeleteBucketCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { buildClientConfig, findEndpoint, GLOBAL_REGION } from '../../client-config.ts';
import { readToken } from '../../inspection/identity.ts';
import type { ProbeClients } from '../clients.ts';
import { isDenied, observe, refusalOf, tell } from '../observe.ts';
import type { PartRun } from '../part-run.ts';
import type { ScratchRole } from './role.ts';
import type { Session, SessionClients } from './session.ts';

interface Given {
  readonly clients: ProbeClients;
  readonly role: ScratchRole;
  readonly session: Session;
  readonly held: SessionClients;
  /** The role may list it, and no more. */
  readonly bucket: string;
}

/** What `headgate doctor` concludes from a token, and from IAM's simulation. */
export async function measureConclusions(given: Given, { add }: PartRun): Promise<void> {
  add(
    await observe('session-letters', async () => {
      const { sessionToken: regional } = given.session.credentials;
      const global = await takeGlobally(given.clients.sts, given.role.arn);
      const kinds = [readToken(regional), readToken(global)];
      const letters = [regional, global].map((token) => token.slice(0, 4));
      return [kinds.join() === 'regional,global', `regional ${letters[0]}, global ${letters[1]}`];
    }),
    await observe('simulation', () => compare(given)),
  );
}

async function takeGlobally(regional: STSClient, RoleArn: string): Promise<string> {
  if ((await findEndpoint(regional)) !== undefined) {
    throw new Error('AWS_ENDPOINT_URL has no global endpoint of STS beside it');
  }
  const config = { ...buildClientConfig(GLOBAL_REGION), endpoint: 'https://sts.amazonaws.com' };
  const order = { RoleArn, RoleSessionName: 'headgate-probe', DurationSeconds: 900 };
  const answer = await new STSClient(config).send(new AssumeRoleCommand(order));
  return answer.Credentials?.SessionToken ?? '';
}

/** Called when S3 knows what the role may do. */
async function compare({ clients, role, held, bucket: Bucket }: Given) {
  const answer = await clients.iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role.arn,
      ActionNames: ['s3:ListBucket', 's3:DeleteBucket'],
      ResourceArns: [`arn:aws:s3:::${Bucket}`],
    }),
  );
  const said = (answer.EvaluationResults ?? []).map(({ EvalDecision }) => EvalDecision);
  const list = await refusalOf(held.s3.send(new HeadBucketCommand({ Bucket })));
  const remove = await refusalOf(held.s3.send(new DeleteBucketCommand({ Bucket })));
  const evidence = `s3:ListBucket simulated ${said[0]}, was ${tell(list)}; s3:DeleteBucket ${said[1]}, ${tell(remove)}`;
  const isAsSimulated =
    (said[0] === 'allowed') === (list === undefined) &&
    (said[1] === 'allowed') !== isDenied(remove);
  return [isAsSimulated, evidence] as const;
}
