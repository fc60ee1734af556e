import { STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import {
  composeTrust,
  trustCaller,
} from '../../../../../../controller/adapters/aws/probe/roles/role.ts';

it('nobody but whoever runs the probe may take its role', async () => {
  const identity = { Account: '111122223333', UserId: 'AROAEXAMPLE:somebody' };
  const sts = Object.assign(new STSClient({ region: 'us-east-1' }), { send: async () => identity });
  expect(JSON.parse(composeTrust(await trustCaller(sts)))).toMatchObject({
    Statement: [
      {
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Condition: { StringEquals: { 'aws:userid': 'AROAEXAMPLE:somebody' } },
      },
    ],
  });
});
