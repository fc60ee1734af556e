import {
  CreateFunctionCommand,
  DescribeFunctionCommand,
  GetFunctionCommand,
  PublishFunctionCommand,
  UpdateFunctionCommand,
  type FunctionConfig,
} from '@aws-sdk/client-cloudfront';
import { byDefault, changed } from './change.ts';
import { inEdge, inShop, type Fault } from './fault.ts';
import type { Patient } from './patient.ts';

/** Publishes the request function with other code, or another configuration. */
async function changeFunction(
  { clients: { cloudFront } }: Patient,
  edit: (live: { readonly code: string; readonly config: FunctionConfig }) => {
    readonly code: string;
    readonly config: FunctionConfig;
  },
): Promise<() => Promise<unknown>> {
  const Name = 'headgate-prod-request';
  const got = await cloudFront.send(new GetFunctionCommand({ Name, Stage: 'LIVE' }));
  const described = await cloudFront.send(new DescribeFunctionCommand({ Name, Stage: 'LIVE' }));
  const live = {
    code: Buffer.from(got.FunctionCode!).toString(),
    config: described.FunctionSummary!.FunctionConfig!,
  };
  const put = async ({ code, config }: typeof live) => {
    const { ETag: IfMatch } = await cloudFront.send(
      new DescribeFunctionCommand({ Name, Stage: 'DEVELOPMENT' }),
    );
    const FunctionCode = Buffer.from(code);
    const draft = { Name, IfMatch, FunctionCode, FunctionConfig: config };
    await cloudFront.send(new UpdateFunctionCommand(draft));
    const staged = await cloudFront.send(
      new DescribeFunctionCommand({ Name, Stage: 'DEVELOPMENT' }),
    );
    await cloudFront.send(new PublishFunctionCommand({ Name, IfMatch: staged.ETag }));
  };
  await put(edit(live));
  return () => put(live);
}

async function associateForeign(patient: Patient): Promise<() => Promise<unknown>> {
  const { cloudFront } = patient.clients;
  const Name = 'somebody-elses';
  const made = await cloudFront.send(
    new CreateFunctionCommand({
      Name,
      FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
      FunctionCode: Buffer.from('function handler(event) { return event.request; }'),
    }),
  );
  await cloudFront.send(new PublishFunctionCommand({ Name, IfMatch: made.ETag }));
  const FunctionARN = made.FunctionSummary!.FunctionMetadata!.FunctionARN!;
  return patient.change((config) => ({
    ...config,
    DefaultCacheBehavior: {
      ...config.DefaultCacheBehavior!,
      FunctionAssociations: { Quantity: 1, Items: [{ EventType: 'viewer-request', FunctionARN }] },
    },
  }));
}

export const DISTRIBUTION_FAULTS: readonly Fault[] = [
  {
    id: 'distribution-missing',
    asked: inShop(/distribution: \w+/, 'distribution: E0NOWHERE00000'),
  },
  { id: 'distribution-disabled', ...changed((config) => ({ ...config, Enabled: false })) },
  {
    id: 'host-missing',
    says: /does not answer for shop\.localhost/,
    ...changed((config) => ({ ...config, Aliases: { Quantity: 1, Items: ['other.localhost'] } })),
  },
  {
    id: 'hosts-waiting',
    ...changed((config) => ({ ...config, Aliases: { Quantity: 0 } })),
  },
  {
    id: 'pool-differs',
    ...changed((config) => ({
      ...config,
      CacheBehaviors: { Quantity: 0 },
    })),
  },
  {
    id: 'behaviours-differ',
    says: /needs a behaviour \/assets\/config\.json ahead of the pooled ones/,
    asked: inShop('environments:', 'pool: { exclude: [/assets/config.json] }\nenvironments:'),
  },
  {
    id: 'foreign-function',
    says: /somebody-elses/,
    brings: ['functions-missing'],
    plant: associateForeign,
  },
  { id: 'functions-missing', ...byDefault({ FunctionAssociations: { Quantity: 0 } }) },
  {
    id: 'untrusted-reachable',
    brings: ['pool-differs'],
    ...changed((config) => ({
      ...config,
      Origins: {
        ...config.Origins!,
        Items: config.Origins!.Items!.map((one) =>
          one.OriginPath === '/shop/pool' ? { ...one, OriginPath: '/shop/untrusted/pool' } : one,
        ),
      },
    })),
  },
  {
    id: 'function-differs',
    says: /headgate-prod-request runs/,
    plant: (patient) =>
      changeFunction(patient, ({ code, config }) => ({ code: `/* by hand */ ${code}`, config })),
  },
  {
    id: 'function-store',
    says: /reads no KeyValueStore/,
    plant: (patient) =>
      changeFunction(patient, ({ code, config }) => ({
        code,
        config: { ...config, KeyValueStoreAssociations: { Quantity: 0 } },
      })),
  },
  {
    id: 'api-missing',
    says: /\/api\/\* to https:\/\/api\.example\.com/,
    asked: inEdge('setup:', 'setup:\n  apis: { shop/prod: { /api/*: https://api.example.com } }'),
  },
  {
    id: 'quota-near',
    says: /cache behaviours of distribution \w+: 6\d of 75/,
    ...changed((config) => {
      const { Items: present = [] } = config.CacheBehaviors ?? {};
      const one = present[0]!;
      const more = Array.from({ length: 61 }, (_, index) => ({
        ...one,
        PathPattern: `/other/${index}/*`,
        TargetOriginId: config.DefaultCacheBehavior!.TargetOriginId,
        FunctionAssociations: config.DefaultCacheBehavior!.FunctionAssociations,
        CachePolicyId: config.DefaultCacheBehavior!.CachePolicyId,
      }));
      const Items = [...present, ...more];
      return { ...config, CacheBehaviors: { Quantity: Items.length, Items } };
    }),
  },
];
