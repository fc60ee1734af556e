import {
  type CloudFrontClient,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DescribeFunctionCommand,
  PublishFunctionCommand,
  TestFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import type { Scratch } from './scratch.ts';

export interface EdgeFunction {
  readonly arn: string;
  /** Its error for this path, as CloudFront's own test says; '': none. */
  test(uri: string): Promise<string>;
}

/** A published function, for `viewer-request` or `viewer-response`. */
export async function createEdgeFunction(
  client: CloudFrontClient,
  scratch: Scratch,
  {
    event,
    code,
    store,
  }: { readonly event: string; readonly code: string; readonly store?: string },
): Promise<EdgeFunction> {
  const Name = `${scratch.name}-${event}`;
  const describe = async () => {
    const answer = await client.send(new DescribeFunctionCommand({ Name, Stage: 'DEVELOPMENT' }));
    return answer.ETag;
  };
  scratch.keep(`function ${Name}`, async () =>
    client.send(new DeleteFunctionCommand({ Name, IfMatch: await describe() })),
  );
  const Items = store === undefined ? [] : [{ KeyValueStoreARN: store }];
  const made = await client.send(
    new CreateFunctionCommand({
      Name,
      FunctionCode: Buffer.from(code),
      FunctionConfig: {
        Comment: 'headgate doctor --probe',
        Runtime: 'cloudfront-js-2.0',
        ...(store !== undefined && { KeyValueStoreAssociations: { Quantity: 1, Items } }),
      },
    }),
  );
  await client.send(new PublishFunctionCommand({ Name, IfMatch: made.ETag }));
  return {
    arn: String(made.FunctionSummary?.FunctionMetadata?.FunctionARN),
    async test(uri) {
      const EventObject = composeEvent(event, uri);
      const IfMatch = await describe();
      const answer = await client.send(new TestFunctionCommand({ Name, IfMatch, EventObject }));
      return answer.TestResult?.FunctionErrorMessage ?? '';
    },
  };
}

function composeEvent(eventType: string, uri: string): Buffer {
  const request = { method: 'GET', uri, querystring: {}, headers: {}, cookies: {} };
  const viewer = { ip: '198.51.100.1' };
  const event = { version: '1.0', context: { eventType }, viewer, request };
  return Buffer.from(JSON.stringify(event));
}
