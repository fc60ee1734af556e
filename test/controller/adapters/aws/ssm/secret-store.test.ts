import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, it } from 'vitest';
import { useCloud } from '../cloud-context.ts';

const held = useCloud();

it('reads a secret in plain text, and knows when there is none', async () => {
  const ssm = new SSMClient(held.cloud.config());
  const name = '/headgate/shop/prod/webhook';
  await ssm.send(new PutParameterCommand({ Name: name, Value: 'secret', Type: 'SecureString' }));
  ssm.destroy();
  const secrets = held.context.secrets('us-east-1');
  expect(await secrets.read(name)).toBe('secret');
  expect(await secrets.read(`${name}-of-nobody`)).toBeUndefined();
});
