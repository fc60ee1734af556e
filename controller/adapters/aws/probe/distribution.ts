import {
  type CacheBehavior,
  type CloudFrontClient,
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  CreateResponseHeadersPolicyCommand,
  DeleteDistributionCommand,
  DeleteOriginAccessControlCommand,
  DeleteResponseHeadersPolicyCommand,
  type DistributionConfig,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  GetOriginAccessControlCommand,
  GetResponseHeadersPolicyCommand,
  type Origin,
  UpdateDistributionCommand,
  waitUntilDistributionDeployed,
} from '@aws-sdk/client-cloudfront';
import { COMMENT } from './edge-listings.ts';
import type { Scratch } from './scratch.ts';

/** `CachingDisabled` and `CachingOptimized`, which every account has. */
export const NO_CACHE = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
export const CACHE = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const PATIENCE = { minDelay: 1, maxDelay: 20, maxWaitTime: 2400 };

export interface Made {
  readonly id: string;
  readonly arn: string;
  readonly domain: string;
  /** As CloudFront said right after it was made. */
  readonly status: string;
}

export interface Maker {
  readonly client: CloudFrontClient;
  /** Who takes away again what that one may only make. */
  readonly owner?: CloudFrontClient;
  readonly scratch: Scratch;
}

/** A distribution that is on its way. */
export async function startDistribution(
  { client, owner = client, scratch }: Maker,
  config: DistributionConfig,
): Promise<Made> {
  const made = await client.send(new CreateDistributionCommand({ DistributionConfig: config }));
  const id = String(made.Distribution?.Id);
  scratch.keep(`distribution ${id}`, () => remove(owner, id));
  const { ARN, DomainName, Status } = made.Distribution ?? {};
  return { id, arn: String(ARN), domain: String(DomainName), status: String(Status) };
}

export async function waitUntilDeployed(
  client: CloudFrontClient,
  Id: string,
  abortSignal?: AbortSignal,
): Promise<void> {
  const patience = { ...PATIENCE, ...(abortSignal && { abortSignal }) };
  await waitUntilDistributionDeployed({ client, ...patience }, { Id });
}

export async function readStatus(client: CloudFrontClient, Id: string): Promise<string> {
  const { Distribution } = await client.send(new GetDistributionCommand({ Id }));
  return String(Distribution?.Status);
}

/** Sends a change, and waits for nothing: how the distribution stands by the answer. */
export async function changeDistribution(
  client: CloudFrontClient,
  Id: string,
  change: (config: DistributionConfig) => DistributionConfig,
): Promise<{ readonly etag: string | undefined; readonly status: string }> {
  const { ETag, DistributionConfig } = await client.send(new GetDistributionConfigCommand({ Id }));
  if (DistributionConfig === undefined) throw new Error(`Distribution ${Id} has no settings`);
  const update = { Id, IfMatch: ETag, DistributionConfig: change(DistributionConfig) };
  const answer = await client.send(new UpdateDistributionCommand(update));
  return { etag: answer.ETag, status: String(answer.Distribution?.Status) };
}

export async function createControl({ client, owner = client, scratch }: Maker, Name: string) {
  const config = {
    Name,
    OriginAccessControlOriginType: 's3',
    SigningBehavior: 'always',
    SigningProtocol: 'sigv4',
  } as const;
  const made = await client.send(
    new CreateOriginAccessControlCommand({ OriginAccessControlConfig: config }),
  );
  const Id = String(made.OriginAccessControl?.Id);
  scratch.keep(`origin access control ${Id}`, async () => {
    const { ETag: IfMatch } = await owner.send(new GetOriginAccessControlCommand({ Id }));
    return owner.send(new DeleteOriginAccessControlCommand({ Id, IfMatch }));
  });
  return Id;
}

export async function createHeaders({ client, owner = client, scratch }: Maker, Name: string) {
  const item = { Header: 'cache-control', Value: 'no-store', Override: false };
  const config = { Name, CustomHeadersConfig: { Quantity: 1, Items: [item] } };
  const made = await client.send(
    new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: config }),
  );
  const Id = String(made.ResponseHeadersPolicy?.Id);
  scratch.keep(`response headers policy ${Id}`, async () => {
    const { ETag: IfMatch } = await owner.send(new GetResponseHeadersPolicyCommand({ Id }));
    return owner.send(new DeleteResponseHeadersPolicyCommand({ Id, IfMatch }));
  });
  return Id;
}

/** A bucket as an origin, from `path` on. */
export function composeOrigin(
  id: string,
  { bucket, control, path = '' }: { bucket: string; control: string; path?: string },
): Origin {
  return {
    Id: id,
    DomainName: `${bucket}.s3.us-east-1.amazonaws.com`,
    OriginPath: path,
    OriginAccessControlId: control,
    S3OriginConfig: { OriginAccessIdentity: '' },
  };
}

/** By event, ARNs. */
export type Runs = Readonly<Partial<Record<'viewer-request' | 'viewer-response', string>>>;

/** Of a behaviour, what every one needs; `runs`: CloudFront Functions. */
export function composeBehaviour(
  TargetOriginId: string,
  { cache = NO_CACHE, runs = {} }: { readonly cache?: string; readonly runs?: Runs } = {},
): Omit<CacheBehavior, 'PathPattern'> {
  const Items = (['viewer-request', 'viewer-response'] as const).flatMap((EventType) => {
    const FunctionARN = runs[EventType];
    return FunctionARN === undefined ? [] : [{ EventType, FunctionARN }];
  });
  return {
    TargetOriginId,
    CachePolicyId: cache,
    ViewerProtocolPolicy: 'allow-all',
    Compress: false,
    FunctionAssociations: { Quantity: Items.length, Items },
  };
}

/** One that is off, and differs in `more`: it is there for the sake of what CloudFront says to it. */
export function composeDisabled(
  { name, bucket, control }: { name: string; bucket: string; control: string },
  more: Partial<DistributionConfig>,
): DistributionConfig {
  return {
    CallerReference: name,
    Comment: COMMENT,
    Enabled: false,
    Origins: { Quantity: 1, Items: [composeOrigin('bucket', { bucket, control })] },
    DefaultCacheBehavior: composeBehaviour('bucket'),
    ...more,
  };
}

/** CloudFront deletes what is off, everywhere. */
async function remove(client: CloudFrontClient, Id: string): Promise<void> {
  const order = new GetDistributionConfigCommand({ Id });
  const { DistributionConfig } = await client.send(order);
  if (DistributionConfig?.Enabled === true) await changeDistribution(client, Id, switchOff);
  await waitUntilDeployed(client, Id);
  const { ETag: IfMatch } = await client.send(order);
  await client.send(new DeleteDistributionCommand({ Id, IfMatch }));
}

function switchOff(config: DistributionConfig): DistributionConfig {
  return { ...config, Enabled: false };
}
