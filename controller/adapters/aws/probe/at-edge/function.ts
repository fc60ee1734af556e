import {
  type CloudFrontClient,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DescribeFunctionCommand,
  PublishFunctionCommand,
  TestFunctionCommand,
  type TestResult,
  UpdateFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import { COMMENT } from '../edge-listings.ts';
import type { Scratch } from '../scratch.ts';
import { readSeen, SEEN, type Seen } from './code.ts';

export interface Tested {
  /** '': none. */
  readonly error: string;
  readonly utilization: number;
  /** What it wrote of the event into the request. */
  readonly seen: Seen;
}

export interface EdgeFunction {
  readonly arn: string;
  /** CloudFront's own test of it, with a viewer-request event for this path. */
  test(uri: string): Promise<Tested>;
  publish(): Promise<void>;
  /** Of the next version. */
  write(code: string): Promise<void>;
}

interface Draft {
  readonly kind: string;
  readonly code: string;
  /** ARN of the KeyValueStore that it reads. */
  readonly store?: string;
}

/** A function that isn't published yet. */
export async function createFunction(
  client: CloudFrontClient,
  scratch: Scratch,
  { kind, code, store }: Draft,
): Promise<EdgeFunction> {
  const Name = `${scratch.name}-${kind}`;
  const describe = async () => {
    const answer = await client.send(new DescribeFunctionCommand({ Name, Stage: 'DEVELOPMENT' }));
    return answer.ETag;
  };
  scratch.keep(`function ${Name}`, async () =>
    client.send(new DeleteFunctionCommand({ Name, IfMatch: await describe() })),
  );
  const compose = (text: string) => ({ Name, ...composeDraft(text, store) });
  const made = await client.send(new CreateFunctionCommand(compose(code)));
  return {
    arn: String(made.FunctionSummary?.FunctionMetadata?.FunctionARN),
    async test(uri) {
      const event = { IfMatch: await describe(), EventObject: composeEvent(uri) };
      const answer = await client.send(new TestFunctionCommand({ Name, ...event }));
      return readTest(answer.TestResult);
    },
    async publish() {
      await client.send(new PublishFunctionCommand({ Name, IfMatch: await describe() }));
    },
    async write(text) {
      const IfMatch = await describe();
      await client.send(new UpdateFunctionCommand({ ...compose(text), IfMatch }));
    },
  };
}

function composeDraft(code: string, store: string | undefined) {
  const Items = store === undefined ? [] : [{ KeyValueStoreARN: store }];
  return {
    FunctionCode: Buffer.from(code),
    FunctionConfig: {
      Comment: COMMENT,
      Runtime: 'cloudfront-js-2.0' as const,
      ...(store !== undefined && { KeyValueStoreAssociations: { Quantity: 1, Items } }),
    },
  };
}

function readTest(result: TestResult = {}): Tested {
  const { FunctionErrorMessage, ComputeUtilization, FunctionOutput } = result;
  return {
    error: FunctionErrorMessage ?? '',
    utilization: Number(ComputeUtilization),
    seen: readSeen(readHeader(FunctionOutput)),
  };
}

export async function createPublished(
  client: CloudFrontClient,
  scratch: Scratch,
  draft: Draft,
): Promise<EdgeFunction> {
  const made = await createFunction(client, scratch, draft);
  await made.publish();
  return made;
}

function composeEvent(uri: string): Buffer {
  const request = { method: 'GET', uri, querystring: {}, headers: {}, cookies: {} };
  const event = { version: '1.0', context: { eventType: 'viewer-request' }, request };
  return Buffer.from(JSON.stringify({ ...event, viewer: { ip: '198.51.100.1' } }));
}

interface Output {
  readonly request?: { readonly headers?: Readonly<Record<string, { readonly value: string }>> };
}

function readHeader(output = ''): string | undefined {
  if (output === '') return undefined;
  return (JSON.parse(output) as Output).request?.headers?.[SEEN]?.value;
}
