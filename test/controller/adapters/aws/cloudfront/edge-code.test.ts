import { CloudFrontClient, DescribeFunctionCommand } from '@aws-sdk/client-cloudfront';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEdgeCode } from '../../../../../controller/adapters/aws/cloudfront/edge-code.ts';
import { checkEdgeCode } from '../../../../contract/edge-code.ts';
import { useCloud } from '../cloud-context.ts';
import { createStore } from '../create-store.ts';

const STORE = 'headgate-code';

describe('CloudFront Functions', () => {
  const held = useCloud();
  let arn: string;
  beforeAll(async () => {
    arn = await createStore(new CloudFrontClient(held.cloud.config()), STORE);
  });
  checkEdgeCode(() => ({ edgeCode: held.context.edgeCode, store: STORE }));

  it('gives the function its KeyValueStore and the newest runtime', async () => {
    const code = 'function handler(event) { return event.request; }';
    await held.context.edgeCode.stage({ name: 'headgate-store', code, comment: '', store: STORE });
    const { FunctionSummary } = await new CloudFrontClient(held.cloud.config()).send(
      new DescribeFunctionCommand({ Name: 'headgate-store', Stage: 'DEVELOPMENT' }),
    );
    expect(FunctionSummary?.FunctionConfig).toMatchObject({
      Runtime: 'cloudfront-js-2.0',
      KeyValueStoreAssociations: { Quantity: 1, Items: [{ KeyValueStoreARN: arn }] },
    });
  });

  it('asks for the revision when the answer to an update lacks it', async () => {
    const client = new CloudFrontClient(held.cloud.config());
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args);
          if (commandName === 'UpdateFunctionCommand')
            Object.assign(result.output, { ETag: undefined });
          return result;
        },
      { step: 'initialize' },
    );
    const edgeCode = createEdgeCode(client, async () => arn);
    const code = 'function handler(event) { return event.request; }';
    const draft = { name: 'headgate-etag', code, comment: 'a', store: undefined };
    await edgeCode.stage(draft);
    const revision = await edgeCode.stage({ ...draft, comment: 'b' });
    await expect(edgeCode.publish(draft.name, revision)).resolves.toContain('headgate-etag');
  });

  it('explains code that is too long', async () => {
    const code = `function handler(event) { return event.request; } // ${'x'.repeat(10_240)}`;
    const draft = { name: 'headgate-long', code, comment: '', store: undefined };
    await expect(held.context.edgeCode.stage(draft)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('function headgate-long is over a limit') as unknown,
    });
  });
});
