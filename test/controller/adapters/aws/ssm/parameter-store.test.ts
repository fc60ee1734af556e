import { GetParameterHistoryCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { checkParameterStore } from '../../../../contract/parameter-store.ts';
import { useCloud } from '../cloud-context.ts';

describe('the SSM parameter store', () => {
  const held = useCloud();
  checkParameterStore(() => held.context.parameters('us-east-1'));

  it('keeps regions apart', async () => {
    await held.context.parameters('eu-west-1').write('/headgate/shop/eu/route', 'x');
    const found = await held.context.parameters('us-east-1').read(['/headgate/shop/eu/route']);
    expect(found.size).toBe(0);
  });

  it('says of which type a parameter is that can take no plain string', async () => {
    const Name = '/team/active';
    const put = new PutParameterCommand({ Name, Value: '1042', Type: 'SecureString' });
    await new SSMClient(held.cloud.config()).send(put);
    const store = held.context.parameters('us-east-1');
    expect((await store.read([Name])).get(Name)).toMatchObject({ type: 'SecureString' });
    await expect(store.write(Name, '1043')).rejects.toThrow();
  });

  it('writes plain strings that say who writes them', async () => {
    const name = '/headgate/shop/prod/active-build';
    await held.context.parameters('us-east-1').write(name, '1042');
    const { Parameters } = await new SSMClient(held.cloud.config()).send(
      new GetParameterHistoryCommand({ Name: name }),
    );
    expect(Parameters?.[0]).toMatchObject({
      Type: 'String',
      Description: expect.stringContaining('Headgate') as unknown,
    });
  });
});
