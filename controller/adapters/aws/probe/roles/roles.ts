import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { ProbeClients } from '../clients.ts';
import { isDenied, observe, refusalToOwner, tell } from '../observe.ts';
import type { MeasurePart, PartRun } from '../part-run.ts';
import { refusalInTheEnd, type Patience } from '../wait.ts';
import { allowCreations, measureCloudFront } from './cloudfront.ts';
import { allowLists, createBuckets, measureLists } from './lists.ts';
import { composeTrust, createRole, trustCaller, type ScratchRole } from './role.ts';
import { createClients, takeRole, type SessionClients } from './session.ts';
import { measureConclusions } from './tokens.ts';

/** IAM's own word for it is "eventually". */
const KNOWN_MILLISECONDS = 120_000;
const PAUSE_MILLISECONDS = 500;

/** What IAM and the services say to a session of a role of the probe's own. */
export const measureRoles: MeasurePart = async (clients, run) => {
  const { scratch, signal, say, add } = run;
  const patience = { signal, pause: PAUSE_MILLISECONDS, most: KNOWN_MILLISECONDS };
  const { Account = '' } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const trust = await trustCaller(clients.sts);
  const buckets = await createBuckets(clients.s3, run);
  const role = await createRole(clients.iam, scratch, { suffix: 'role', trust });
  await measureTrust(clients, { role, trust, run });
  await role.allow('probe', [
    ...allowLists(buckets),
    ...allowCreations(Account, { scratch }),
    {
      Effect: 'Allow',
      Action: 'cloudwatch:DescribeAlarms',
      Resource: `arn:aws:cloudwatch:us-east-1:${Account}:alarm:${scratch.name}`,
    },
  ]);
  say('waiting until the role can be taken');
  const session = await takeRole(clients.sts, role.arn, patience);
  const held = await createClients(session.credentials);
  await measureLists(held.s3, buckets, { add, patience });
  await measureConclusions({ clients, role, session, held, bucket: buckets.whole }, run);
  await measureAlarms(held, { role, run, patience });
  say('CloudFront');
  const maker = { client: held.cloudfront, owner: clients.cloudfront, scratch };
  await measureCloudFront({ maker, role, bucket: buckets.whole, patience }, run);
};

interface Trusting {
  readonly role: ScratchRole;
  readonly trust: Parameters<typeof composeTrust>[0];
  readonly run: PartRun;
}

const SPACES = 3000;

async function measureTrust({ iam }: ProbeClients, { role, trust, run }: Trusting): Promise<void> {
  const padded = composeTrust(trust).replace('{', `{${' '.repeat(SPACES)}`);
  run.add(
    await observe('trust-white-space', async () => {
      const order = { RoleName: role.name, PolicyDocument: padded };
      const refusal = await refusalToOwner(iam.send(new UpdateAssumeRolePolicyCommand(order)));
      return [refusal === undefined, `with ${SPACES} spaces: ${tell(refusal)}`];
    }),
  );
}

interface Watching {
  readonly role: ScratchRole;
  readonly run: PartRun;
  readonly patience: Patience;
}

async function measureAlarms(
  { cloudwatch }: SessionClients,
  { role, run, patience }: Watching,
): Promise<void> {
  const describe = () =>
    cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [run.scratch.name] }));
  run.add(
    await observe('describe-alarms-permission', async () => {
      // A refusal alone could be of an IAM that isn't known everywhere yet.
      const narrow = await refusalInTheEnd(describe, { ...patience, most: 2 * run.minute });
      const Resource = `arn:aws:cloudwatch:us-east-1:${role.arn.split(':')[4]}:alarm:*`;
      const wide = { Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource } as const;
      await role.allow('alarms', [wide]);
      const after = await refusalInTheEnd(describe, patience);
      const evidence = `allowed on the alarm that is asked for: ${tell(narrow)}, on alarm:*: ${tell(after)}`;
      return [isDenied(narrow) && after === undefined, evidence];
    }),
  );
}
