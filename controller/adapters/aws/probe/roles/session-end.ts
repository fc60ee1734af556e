import { setTimeout as sleep } from 'node:timers/promises';
import { ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { observe, refusalOf, tell } from '../observe.ts';
import type { MeasurePart } from '../part-run.ts';
import { createRole, trustCaller } from './role.ts';
import { createClients, takeRole, type SessionCredentials } from './session.ts';

/** `seconds`: of the shortest session that there is. */
const PATIENCE = { pause: 500, most: 120_000, seconds: 900 };

/** Of S3, of a service that speaks JSON and of one that speaks XML. */
const WITHOUT = ['400 InvalidToken', '400 UnrecognizedClientException', '403 InvalidClientTokenId'];
const ENDED = ['400 ExpiredToken', '400 ExpiredTokenException', '403 ExpiredToken'];

/** What requests of a session are answered whose token is missing, and when it is over. */
export const measureSessionEnd: MeasurePart = async (clients, run) => {
  const { scratch, signal, say, add, minute } = run;
  const trust = await trustCaller(clients.sts);
  const role = await createRole(clients.iam, scratch, { suffix: 'ends', trust });
  const { credentials, ends } = await takeRole(clients.sts, role.arn, { ...PATIENCE, signal });
  const { sessionToken: _, ...bare } = credentials;
  add(
    await observe('session-status', async () => {
      const without = await askAll(bare);
      // The clocks differ.
      const rest = Math.max(0, ends - Date.now()) + minute;
      say(`waiting ${Math.ceil(rest / 60_000)} minutes for the end of a session`);
      await sleep(rest, undefined, { signal });
      const ended = await askAll(credentials);
      const holds = without.join() === WITHOUT.join() && ended.join() === ENDED.join();
      const evidence = `S3, SSM, CloudFront: without its token ${without.join(', ')}; when it is over ${ended.join(', ')}`;
      return [holds, evidence];
    }),
  );
};

async function askAll(credentials: SessionCredentials): Promise<readonly string[]> {
  const { s3, ssm, cloudfront } = await createClients(credentials);
  const refusals = [
    await refusalOf(s3.send(new ListBucketsCommand({}))),
    await refusalOf(ssm.send(new GetParameterCommand({ Name: '/headgate-probe/none' }))),
    await refusalOf(cloudfront.send(new ListDistributionsCommand({}))),
  ];
  return refusals.map(tell);
}
