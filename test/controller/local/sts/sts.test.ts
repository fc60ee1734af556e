import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { startTestCloud } from '../harness.ts';

test('says who is asking, and refuses every other question by name', async () => {
  const cloud = await startTestCloud();
  const sts = new STSClient(cloud.config());
  await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:user/local',
  });
  await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('GetSessionToken'),
  });
  sts.destroy();
  await cloud.close();
});
