import { DescribeKeyValueStoreCommand, PublishFunctionCommand } from '@aws-sdk/client-cloudfront';
import {
  composeBehaviour,
  composeDisabled,
  createControl,
  createHeaders,
  type Maker,
  startDistribution,
} from '../distribution.ts';
import { observe, tell, type Refusal } from '../observe.ts';
import type { PartRun } from '../part-run.ts';
import { waitUntilReady } from '../store.ts';
import { refusalInTheEnd, type Patience } from '../wait.ts';
import { functionPrefix, makeFunction, makeStore } from './creations.ts';
import type { ScratchRole, Statement } from './role.ts';

const KINDS = ['KeyValueStore', 'OriginAccessControl', 'ResponseHeadersPolicy'] as const;
const PATHS = ['key-value-store', 'origin-access-control', 'response-headers-policy'];

/** Creations by kind, and of functions by their name. */
export function allowCreations(account: string, maker: Pick<Maker, 'scratch'>): Statement[] {
  const arn = (path: string) => `arn:aws:cloudfront::${account}:${path}`;
  const prefix = functionPrefix(maker.scratch);
  return [
    ...KINDS.map((kind, index): Statement => {
      const Resource = arn(`${PATHS[index]}/*`);
      return { Effect: 'Allow', Action: `cloudfront:Create${kind}`, Resource };
    }),
    {
      Effect: 'Allow',
      Action: 'cloudfront:CreateFunction',
      Resource: arn(`function/${prefix}*`),
    },
    { Effect: 'Allow', Action: 'cloudfront:CreateDistribution', Resource: arn('distribution/*') },
  ];
}

export interface CloudFrontLook {
  readonly maker: Required<Maker>;
  readonly role: ScratchRole;
  /** An origin that nobody asks. */
  readonly bucket: string;
  readonly patience: Patience;
}

/** What permissions CloudFront asks for, by what a session of the role may make. */
export async function measureCloudFront(look: CloudFrontLook, { add }: PartRun): Promise<void> {
  const { owner, scratch } = look.maker;
  const Name = `${scratch.name}-of-session`;
  add(await observe('cloudfront-creation-permission', () => createEach(look, Name)));
  await waitUntilReady({ cloudfront: owner }, Name);
  const { KeyValueStore } = await owner.send(new DescribeKeyValueStoreCommand({ Name }));
  const arn = String(KeyValueStore?.ARN);
  add(
    await observe('store-permission', () => describeStore(look, { Name, arn })),
    await observe('function-permission', () => createWithFunctions(look, arn)),
  );
}

type Seen = Promise<readonly [boolean, string]>;

async function createEach({ maker, patience }: CloudFrontLook, Name: string): Seen {
  const prefix = functionPrefix(maker.scratch);
  const refusals = [
    await refusalInTheEnd(() => makeStore(maker, Name), patience),
    await refusalInTheEnd(() => createControl(maker, Name), patience),
    await refusalInTheEnd(() => createHeaders(maker, Name), patience),
    await refusalInTheEnd(() => makeFunction(maker, { Name: prefix }), patience),
  ];
  return [isEachTaken(refusals), `store, access control, headers, function: ${list(refusals)}`];
}

async function describeStore(
  { maker, role, patience }: CloudFrontLook,
  { Name, arn }: { readonly Name: string; readonly arn: string },
): Seen {
  const Action = 'cloudfront:DescribeKeyValueStore';
  await role.allow('store', [{ Effect: 'Allow', Action, Resource: arn }]);
  const order = new DescribeKeyValueStoreCommand({ Name });
  const refusal = await refusalInTheEnd(() => maker.client.send(order), patience);
  return [refusal === undefined, `by its name, allowed on ${arn}: ${tell(refusal)}`];
}

async function createWithFunctions(
  { maker, bucket, patience }: CloudFrontLook,
  store: string,
): Seen {
  const { owner, scratch } = maker;
  const [reads, runs] = ['reads', 'runs'].map((end) => `${functionPrefix(scratch)}-${end}`);
  const read = { Name: String(reads), store };
  const reading = await refusalInTheEnd(() => makeFunction(maker, read), patience);
  const own = { client: owner, scratch };
  const { ETag: IfMatch, FunctionSummary } = await makeFunction(own, { Name: String(runs) });
  await owner.send(new PublishFunctionCommand({ Name: runs, IfMatch }));
  const viewerRequest = String(FunctionSummary?.FunctionMetadata?.FunctionARN);
  const config = composeDisabled(
    { name: scratch.name, bucket, control: '' },
    {
      DefaultCacheBehavior: composeBehaviour('bucket', {
        runs: { 'viewer-request': viewerRequest },
      }),
    },
  );
  const running = await refusalInTheEnd(() => startDistribution(maker, config), patience);
  const evidence = `with a store, a distribution with a function: ${list([reading, running])}`;
  return [isEachTaken([reading, running]), evidence];
}

function isEachTaken(refusals: readonly (Refusal | undefined)[]): boolean {
  return refusals.every((refusal) => refusal === undefined);
}

function list(refusals: readonly (Refusal | undefined)[]): string {
  return refusals.map(tell).join(', ');
}
