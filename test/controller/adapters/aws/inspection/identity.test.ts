import type { IAMClient } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import type { Clients } from '../../../../../controller/adapters/aws/inspection/clients.ts';
import { inspectIdentity } from '../../../../../controller/adapters/aws/inspection/identity.ts';

const NEEDED = [{ action: 's3:PutObject', resource: 'arn:aws:s3:::a/b' }];
const ROLE =
  'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0a';

/** IAM as it answers about a role with a path. */
function inspect(asked: string[]) {
  const send = async ({ input }: { input: { RoleName?: string; PolicySourceArn?: string } }) => {
    asked.push(input.PolicySourceArn ?? `role ${input.RoleName}`);
    return input.RoleName === undefined ? { EvaluationResults: [] } : { Role: { Arn: ROLE } };
  };
  const iam = async () => ({ send }) as unknown as IAMClient;
  return inspectIdentity({ iam } as unknown as Clients, {});
}

it('asks about the role of a session by its whole path', async () => {
  const asked: string[] = [];
  const session = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a/ann';
  expect(await inspect(asked).simulate(session, NEEDED)).toEqual([]);
  expect(asked).toEqual(['role AWSReservedSSO_Admin_0a', ROLE]);
});

it('says that IAM simulates no federated user', async () => {
  const asked: string[] = [];
  const user = 'arn:aws:sts::111122223333:federated-user/ann';
  expect(await inspect(asked).simulate(user, NEEDED)).toBeUndefined();
  expect(asked).toEqual([]);
});
