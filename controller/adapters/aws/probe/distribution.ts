import {
  type CloudFrontClient,
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  CreateResponseHeadersPolicyCommand,
  DeleteDistributionCommand,
  DeleteOriginAccessControlCommand,
  DeleteResponseHeadersPolicyCommand,
  type DistributionConfig,
  GetDistributionConfigCommand,
  GetOriginAccessControlCommand,
  GetResponseHeadersPolicyCommand,
  UpdateDistributionCommand,
  waitUntilDistributionDeployed,
} from '@aws-sdk/client-cloudfront';
import type { Scratch } from './scratch.ts';

/** `CachingDisabled`, which every account has. */
const NO_CACHE = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const PATIENCE = { minDelay: 1, maxDelay: 20, maxWaitTime: 2400 };

export interface Made {
  readonly arn: string;
  readonly domain: string;
}

export interface Plan {
  readonly bucket: string;
  readonly viewerRequest: string;
  readonly viewerResponse: string;
}

/** A deployed distribution of a bucket, with both functions and a headers policy that says `no-store`. */
export async function createDistribution(
  client: CloudFrontClient,
  scratch: Scratch,
  plan: Plan,
): Promise<Made> {
  const control = await createControl(client, scratch);
  const headers = await createHeaders(client, scratch);
  const config = compose(scratch.name, { ...plan, control, headers });
  const made = await client.send(new CreateDistributionCommand({ DistributionConfig: config }));
  const Id = String(made.Distribution?.Id);
  scratch.keep(`distribution ${Id}`, () => remove(client, Id));
  await waitUntilDistributionDeployed({ client, ...PATIENCE }, { Id });
  const { ARN, DomainName } = made.Distribution ?? {};
  return { arn: String(ARN), domain: String(DomainName) };
}

async function createControl(client: CloudFrontClient, { name, keep }: Scratch): Promise<string> {
  const config = {
    Name: name,
    OriginAccessControlOriginType: 's3',
    SigningBehavior: 'always',
    SigningProtocol: 'sigv4',
  } as const;
  const made = await client.send(
    new CreateOriginAccessControlCommand({ OriginAccessControlConfig: config }),
  );
  const Id = String(made.OriginAccessControl?.Id);
  keep(`origin access control ${Id}`, async () => {
    const { ETag: IfMatch } = await client.send(new GetOriginAccessControlCommand({ Id }));
    return client.send(new DeleteOriginAccessControlCommand({ Id, IfMatch }));
  });
  return Id;
}

async function createHeaders(client: CloudFrontClient, { name, keep }: Scratch): Promise<string> {
  const item = { Header: 'cache-control', Value: 'no-store', Override: false };
  const config = { Name: name, CustomHeadersConfig: { Quantity: 1, Items: [item] } };
  const made = await client.send(
    new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: config }),
  );
  const Id = String(made.ResponseHeadersPolicy?.Id);
  keep(`response headers policy ${Id}`, async () => {
    const { ETag: IfMatch } = await client.send(new GetResponseHeadersPolicyCommand({ Id }));
    return client.send(new DeleteResponseHeadersPolicyCommand({ Id, IfMatch }));
  });
  return Id;
}

function compose(
  name: string,
  plan: Plan & { readonly control: string; readonly headers: string },
): DistributionConfig {
  const functions = [
    { EventType: 'viewer-request', FunctionARN: plan.viewerRequest },
    { EventType: 'viewer-response', FunctionARN: plan.viewerResponse },
  ] as const;
  const origin = {
    Id: 'bucket',
    DomainName: `${plan.bucket}.s3.us-east-1.amazonaws.com`,
    OriginPath: '',
    OriginAccessControlId: plan.control,
    S3OriginConfig: { OriginAccessIdentity: '' },
  };
  return {
    CallerReference: name,
    Comment: 'headgate doctor --probe',
    Enabled: true,
    DefaultRootObject: 'page.html',
    Origins: { Quantity: 1, Items: [origin] },
    DefaultCacheBehavior: {
      TargetOriginId: origin.Id,
      CachePolicyId: NO_CACHE,
      ResponseHeadersPolicyId: plan.headers,
      ViewerProtocolPolicy: 'allow-all',
      Compress: true,
      FunctionAssociations: { Quantity: functions.length, Items: [...functions] },
    },
  };
}

/** CloudFront deletes what is off, everywhere. */
async function remove(client: CloudFrontClient, Id: string): Promise<void> {
  const { ETag, DistributionConfig } = await client.send(new GetDistributionConfigCommand({ Id }));
  if (DistributionConfig === undefined) throw new Error(`Distribution ${Id} has no settings`);
  const off = { ...DistributionConfig, Enabled: false };
  const update = { Id, IfMatch: ETag, DistributionConfig: off };
  const { ETag: IfMatch } = await client.send(new UpdateDistributionCommand(update));
  await waitUntilDistributionDeployed({ client, ...PATIENCE }, { Id });
  await client.send(new DeleteDistributionCommand({ Id, IfMatch }));
}
