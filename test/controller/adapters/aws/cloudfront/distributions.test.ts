import {
  CloudFrontClient,
  CreateDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import { beforeAll, describe, expect, it } from 'vitest';
import { useCloud } from '../cloud-context.ts';

/** CloudFront's own CachingOptimized policy. */
const CACHE_POLICY = '658327ea-f89d-4fab-a63d-7e88639e58f6';

const BEHAVIOUR = {
  TargetOriginId: 'builds',
  ViewerProtocolPolicy: 'redirect-to-https',
  CachePolicyId: CACHE_POLICY,
  Compress: true,
} as const;

const CONFIG: DistributionConfig = {
  CallerReference: 'distributions-test',
  Comment: 'shop & checkout',
  Enabled: true,
  Aliases: { Quantity: 1, Items: ['shop.example.com'] },
  Origins: {
    Quantity: 2,
    Items: ['', '/shop/pool'].map((OriginPath, index) => ({
      Id: index === 0 ? 'builds' : 'pool',
      DomainName: 'acme-web-builds.s3.us-east-1.amazonaws.com',
      OriginPath,
      S3OriginConfig: { OriginAccessIdentity: '' },
    })),
  },
  CacheBehaviors: {
    Quantity: 2,
    Items: [
      { ...BEHAVIOUR, PathPattern: '/assets/config.json' },
      { ...BEHAVIOUR, PathPattern: '/assets/*', TargetOriginId: 'pool' },
    ],
  },
  CustomErrorResponses: { Quantity: 1, Items: [{ ErrorCode: 404, ErrorCachingMinTTL: 0 }] },
  DefaultCacheBehavior: BEHAVIOUR,
};

describe('CloudFront distributions', () => {
  const held = useCloud();
  let cloudfront: CloudFrontClient;
  let id: string;
  let functions: { viewerRequestArn: string; viewerResponseArn: string };

  beforeAll(async () => {
    cloudfront = new CloudFrontClient(held.cloud.config());
    const made = await cloudfront.send(
      new CreateDistributionCommand({ DistributionConfig: CONFIG }),
    );
    id = String(made.Distribution?.Id);
    functions = {
      viewerRequestArn: await publish('headgate-viewer-request'),
      viewerResponseArn: await publish('headgate-viewer-response'),
    };
  });

  async function publish(name: string): Promise<string> {
    const { edgeCode } = held.context;
    const code = 'function handler(event) { return event.request || event.response; }';
    return edgeCode.publish(
      name,
      await edgeCode.stage({ name, code, comment: '', store: undefined }),
    );
  }

  async function readConfig(): Promise<DistributionConfig | undefined> {
    const answer = await cloudfront.send(new GetDistributionConfigCommand({ Id: id }));
    return answer.DistributionConfig;
  }

  it('does not know a distribution that does not exist', async () => {
    expect(await held.context.distributions.read('E00000000NONE')).toBeUndefined();
  });

  it('associates the functions and changes nothing else', async () => {
    const before = await readConfig();
    const { revision } = (await held.context.distributions.read(id)) ?? { revision: '' };
    const patterns = ['*', '/assets/config.json'];
    const associations = patterns.map((pattern) => ({ pattern, ...functions }));
    await held.context.distributions.associate(id, revision, associations);

    const after = await readConfig();
    const withFunctions = {
      FunctionAssociations: {
        Quantity: 2,
        Items: [
          { EventType: 'viewer-request', FunctionARN: functions.viewerRequestArn },
          { EventType: 'viewer-response', FunctionARN: functions.viewerResponseArn },
        ],
      },
    };
    const [first, ...others] = before?.CacheBehaviors?.Items ?? [];
    expect(after).toEqual({
      ...before,
      DefaultCacheBehavior: { ...before?.DefaultCacheBehavior, ...withFunctions },
      CacheBehaviors: { Quantity: 2, Items: [{ ...first, ...withFunctions }, ...others] },
    });
    const seen = await held.context.distributions.read(id);
    expect(seen?.behaviours.map((one) => [one.pattern, one.viewerRequestArn])).toEqual([
      ['/assets/config.json', functions.viewerRequestArn],
      ['/assets/*', undefined],
      ['*', functions.viewerRequestArn],
    ]);
    expect(seen?.revision).not.toBe(revision);
  });

  it('refuses when the distribution changed since it was read', async () => {
    const { revision } = (await held.context.distributions.read(id)) ?? { revision: '' };
    const theirs = { ...((await readConfig()) ?? CONFIG), Comment: 'theirs' };
    await cloudfront.send(
      new UpdateDistributionCommand({ Id: id, IfMatch: revision, DistributionConfig: theirs }),
    );
    const ours = held.context.distributions.associate(id, revision, [
      { pattern: '*', ...functions },
    ]);
    await expect(ours).rejects.toMatchObject({ exitCode: 4 });
    expect((await readConfig())?.Comment).toBe('theirs');
  });

  it('are the same when many are read at once, of which a page or two tell', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const own = { CallerReference: `many-${index}`, Aliases: { Quantity: 0 } };
        const made = await cloudfront.send(
          new CreateDistributionCommand({ DistributionConfig: { ...CONFIG, ...own } }),
        );
        return String(made.Distribution?.Id);
      }),
    );
    const { distributions } = held.context;
    const [unknown, ...together] = await Promise.all(
      ['E0NOTTHERE', ...ids].map((one) => distributions.read(one)),
    );
    expect(unknown).toBeUndefined();
    const alone = [];
    for (const one of ids) alone.push(await distributions.read(one));
    const still = (all: readonly unknown[]) =>
      JSON.stringify(all).replaceAll(/InProgress|Deployed/g, '');
    expect(still(together)).toBe(still(alone));
    expect(together[0]).toMatchObject({ id: ids[0], revision: expect.stringMatching(/./) });
  });
});
