import {
  CreateDistributionCommand,
  CreateKeyValueStoreCommand,
  CreateOriginAccessControlCommand,
  CreateResponseHeadersPolicyCommand,
  DeleteCachePolicyCommand,
  DeleteDistributionCommand,
  DeleteKeyValueStoreCommand,
  DescribeKeyValueStoreCommand,
  GetCachePolicyCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  GetResponseHeadersPolicyCommand,
  ListCachePoliciesCommand,
  ListDistributionsCommand,
  ListKeyValueStoresCommand,
  ListOriginAccessControlsCommand,
  UpdateDistributionCommand,
  UpdateKeyValueStoreCommand,
  type DistributionConfig,
  type ParametersInCacheKeyAndForwardedToOrigin,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  associate,
  composeConfig,
  createCachePolicy,
  createHeadersPolicy,
  createStore,
  distribute,
  publishFunction,
  type DistributionParts,
} from '../edge/account.ts';
import { startWorld, type World } from '../edge/world.ts';

let world: World;
let send: World['cloudFront']['send'];

beforeAll(async () => {
  world = await startWorld();
  send = world.cloudFront.send.bind(world.cloudFront);
});
afterAll(() => world.close());

const EVERY = { Quantity: 1, Items: ['*'] };
const CORS = {
  AccessControlAllowOrigins: EVERY,
  AccessControlAllowHeaders: EVERY,
  AccessControlAllowMethods: { Quantity: 1, Items: ['GET' as const] },
  AccessControlAllowCredentials: false,
  OriginOverride: true,
};

const create = (parts: DistributionParts) =>
  send(new CreateDistributionCommand({ DistributionConfig: composeConfig(parts) }));

describe('distributions', () => {
  it('keep their configuration, are InProgress first and Deployed later', async () => {
    const wanted = composeConfig({
      host: 'kept.test',
      behaviours: [{ PathPattern: '/assets/*' }, { PathPattern: '*.png' }],
      config: {
        Comment: 'a <b> & "c"',
        CustomErrorResponses: { Quantity: 1, Items: [{ ErrorCode: 404, ErrorCachingMinTTL: 0 }] },
      },
    });
    const made = await send(new CreateDistributionCommand({ DistributionConfig: wanted }));
    expect(made.Distribution).toMatchObject({ Status: 'InProgress', DistributionConfig: wanted });
    expect(made.Distribution?.DomainName).toMatch(/^d[0-9a-f]{13}\.cloudfront\.localhost$/);
    const Id = made.Distribution?.Id;
    world.advance(3);
    const read = await send(new GetDistributionCommand({ Id }));
    expect(read).toMatchObject({ ETag: made.ETag, Distribution: { Status: 'Deployed' } });
    const listed = await send(new ListDistributionsCommand({}));
    expect(listed.DistributionList?.Items).toMatchObject([
      { Id, Aliases: { Items: ['kept.test'] } },
    ]);
  });

  it('are changed only against their ETag, and deleted only when disabled and Deployed', async () => {
    const { id: Id } = await distribute(world, { host: 'changed.test' });
    const { DistributionConfig: config, ETag } = await send(
      new GetDistributionConfigCommand({ Id }),
    );
    const change = (Enabled: boolean, IfMatch: string | undefined) => {
      const DistributionConfig = { ...config, Enabled } as DistributionConfig;
      return send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig }));
    };
    await expect(change(false, undefined)).rejects.toMatchObject({ name: 'InvalidIfMatchVersion' });
    await expect(change(false, 'E0')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(send(new DeleteDistributionCommand({ Id, IfMatch: ETag }))).rejects.toMatchObject({
      name: 'DistributionNotDisabled',
    });
    const changed = await change(false, ETag);
    expect(changed.Distribution?.Status).toBe('InProgress');
    expect(changed.ETag).not.toBe(ETag);
    await expect(
      send(new DeleteDistributionCommand({ Id, IfMatch: changed.ETag })),
    ).rejects.toMatchObject({ name: 'DistributionNotDisabled' });
    world.advance(3);
    await send(new DeleteDistributionCommand({ Id, IfMatch: changed.ETag }));
    await expect(send(new GetDistributionCommand({ Id }))).rejects.toMatchObject({
      name: 'NoSuchDistribution',
    });
  });

  it('are refused when they name what is not there or is taken', async () => {
    await distribute(world, { host: 'taken.test' });
    const identity = {
      Id: 'bucket',
      DomainName: 'acme.s3.amazonaws.com',
      S3OriginConfig: { OriginAccessIdentity: 'origin-access-identity/cloudfront/E1' },
    };
    const identified = { Quantity: 1, Items: [identity] };
    const refused: readonly [DistributionParts, string][] = [
      [{ host: 'r.test', behaviour: { TargetOriginId: 'nowhere' } }, 'NoSuchOrigin'],
      [{ host: 'r.test', behaviour: { CachePolicyId: 'no' } }, 'NoSuchCachePolicy'],
      [
        { host: 'r.test', behaviour: { ResponseHeadersPolicyId: 'no' } },
        'NoSuchResponseHeadersPolicy',
      ],
      [
        { host: 'r.test', config: { Aliases: { Quantity: 1, Items: ['Taken.test'] } } },
        'CNAMEAlreadyExists',
      ],
      [{ host: 'taken.test', config: { Aliases: { Quantity: 0 } } }, 'DistributionAlreadyExists'],
      [
        { host: 'r.test', config: { Aliases: { Quantity: 2, Items: ['r.test'] } } },
        'InconsistentQuantities',
      ],
      [
        { host: 'r.test', behaviours: [{ PathPattern: '/a' }, { PathPattern: '/a' }] },
        'InvalidArgument',
      ],
      [{ host: 'r.test', config: { WebACLId: 'acl' } }, 'UnsupportedOperation'],
      [{ host: 'r.test', config: { Origins: identified } }, 'UnsupportedOperation'],
    ];
    for (const [parts, name] of refused) {
      await expect(create(parts), name).rejects.toMatchObject({ name });
    }
  });

  it('have origin groups of two origins, which behaviours can name', async () => {
    const origin = (Id: string, OriginPath: string) => ({
      Id,
      OriginPath,
      DomainName: 'acme-web-builds.s3.us-east-1.amazonaws.com',
      S3OriginConfig: { OriginAccessIdentity: '' },
    });
    const Origins = { Quantity: 2, Items: [origin('bucket', ''), origin('untrusted', '/u')] };
    const group = (Id: string, members: readonly string[], codes: readonly number[]) => ({
      Id,
      FailoverCriteria: { StatusCodes: { Quantity: codes.length, Items: [...codes] } },
      Members: { Quantity: members.length, Items: members.map((OriginId) => ({ OriginId })) },
    });
    const compose = (host: string, one: ReturnType<typeof group>, behaviour = {}) => ({
      host,
      behaviour: { TargetOriginId: 'both', ...behaviour },
      config: { Origins, OriginGroups: { Quantity: 1, Items: [one] } },
    });
    const members = ['bucket', 'untrusted'];
    const all = {
      Quantity: 7,
      Items: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
    };
    const refused: readonly [DistributionParts, string][] = [
      [compose('g.test', group('both', ['bucket', 'nowhere'], [404])), 'NoSuchOrigin'],
      [compose('g.test', group('other', members, [404])), 'NoSuchOrigin'],
      [compose('g.test', group('both', ['bucket'], [404])), 'InvalidArgument'],
      [compose('g.test', group('both', ['bucket', 'bucket'], [404])), 'InvalidArgument'],
      [compose('g.test', group('both', members, [])), 'InvalidArgument'],
      [compose('g.test', group('both', members, [401])), 'InvalidArgument'],
      [compose('g.test', group('bucket', members, [404])), 'InvalidArgument'],
      [
        compose('g.test', group('both', members, [404]), { AllowedMethods: all }),
        'InvalidArgument',
      ],
      [
        compose('g.test', {
          ...group('both', members, [404]),
          SelectionCriteria: 'media-quality-based',
        } as never),
        'UnsupportedOperation',
      ],
    ];
    for (const [parts, name] of refused) {
      await expect(create(parts), JSON.stringify(parts.config)).rejects.toMatchObject({ name });
    }
    const made = await create(compose('g.test', group('both', members, [403, 404])));
    const { DistributionConfig } = made.Distribution ?? {};
    expect(DistributionConfig?.OriginGroups).toEqual({
      Quantity: 1,
      Items: [group('both', members, [403, 404])],
    });
    expect(DistributionConfig?.DefaultCacheBehavior?.TargetOriginId).toBe('both');
  });

  it('take published functions, one per event, and none beside Lambda@Edge', async () => {
    const arn = await publishFunction(world, 'ok', { code: 'function handler(e) {}' });
    const one = associate({ 'viewer-request': arn });
    const [association] = one.FunctionAssociations.Items;
    const twice = { Quantity: 2, Items: [association, association] as never };
    const lambda = {
      Quantity: 1,
      Items: [{ EventType: 'viewer-response', LambdaFunctionARN: 'arn:x:1' } as const],
    };
    const wrong: DistributionParts['behaviour'][] = [
      associate({ 'viewer-request': `${arn}-unknown` }),
      { FunctionAssociations: twice },
      { ...one, LambdaFunctionAssociations: lambda },
    ];
    for (const behaviour of wrong) {
      await expect(create({ host: 'f.test', behaviour: { ...behaviour } })).rejects.toMatchObject({
        name: 'InvalidFunctionAssociation',
      });
    }
    await create({ host: 'f.test', behaviour: one });
  });
});

describe('policies and access controls', () => {
  it('are created, read, listed and, when unused, deleted', async () => {
    const Id = await createCachePolicy(world, { Name: 'html', MinTTL: 86400 });
    const read = await send(new GetCachePolicyCommand({ Id }));
    expect(read.CachePolicy?.CachePolicyConfig).toMatchObject({ Name: 'html', MinTTL: 86400 });
    const managed = await send(new ListCachePoliciesCommand({ Type: 'managed' }));
    expect(managed.CachePolicyList?.Quantity).toBe(2);
    const custom = await send(new ListCachePoliciesCommand({ Type: 'custom' }));
    expect(custom.CachePolicyList?.Items).toMatchObject([
      { Type: 'custom', CachePolicy: { Id, CachePolicyConfig: { Name: 'html' } } },
    ]);
    await distribute(world, { host: 'policy.test', behaviour: { CachePolicyId: Id } });
    await expect(
      send(new DeleteCachePolicyCommand({ Id, IfMatch: read.ETag })),
    ).rejects.toMatchObject({ name: 'CachePolicyInUse' });
    const unused = await createCachePolicy(world, { Name: 'unused' });
    const { ETag } = await send(new GetCachePolicyCommand({ Id: unused }));
    await send(new DeleteCachePolicyCommand({ Id: unused, IfMatch: ETag }));
    await expect(send(new GetCachePolicyCommand({ Id: unused }))).rejects.toMatchObject({
      name: 'NoSuchCachePolicy',
    });
  });

  it('refuse a name twice and TTLs in the wrong order', async () => {
    await createCachePolicy(world, { Name: 'once' });
    await expect(createCachePolicy(world, { Name: 'once' })).rejects.toMatchObject({
      name: 'CachePolicyAlreadyExists',
    });
    await expect(
      createCachePolicy(world, { Name: 'odd', MinTTL: 9, DefaultTTL: 8 }),
    ).rejects.toMatchObject({ name: 'InvalidTTLOrder' });
  });

  it('refuse keys that CloudFront refuses', async () => {
    const policy = (
      Name: string,
      keys: Partial<ParametersInCacheKeyAndForwardedToOrigin>,
      MaxTTL?: number,
    ) =>
      createCachePolicy(world, {
        Name,
        ...(MaxTTL === undefined ? {} : { DefaultTTL: MaxTTL, MaxTTL }),
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: false,
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
          ...keys,
        },
      });
    const headers = (Items: string[]) => ({
      HeadersConfig: {
        HeaderBehavior: 'whitelist' as const,
        Headers: { Quantity: Items.length, Items },
      },
    });
    const eleven = Array.from({ length: 11 }, (_, index) => `x-${index}`);
    await expect(policy('many', headers(eleven))).rejects.toMatchObject({
      name: 'TooManyHeadersInCachePolicy',
    });
    const all = { HeadersConfig: { HeaderBehavior: 'all' as never } };
    for (const keys of [headers([]), all]) {
      await expect(policy('odd', keys)).rejects.toMatchObject({ name: 'InvalidArgument' });
    }
    const uncached: Partial<ParametersInCacheKeyAndForwardedToOrigin>[] = [
      headers(['x-headgate-build']),
      { CookiesConfig: { CookieBehavior: 'all' } },
      { QueryStringsConfig: { QueryStringBehavior: 'all' } },
      { EnableAcceptEncodingGzip: true },
    ];
    for (const keys of uncached) {
      await expect(policy('uncached', keys, 0)).rejects.toMatchObject({
        name: 'InvalidArgument',
        message: expect.stringContaining('invalid for policy with caching disabled') as string,
      });
    }
    await policy('uncached', {}, 0);
    await policy('ten', headers(eleven.slice(1)));
  });

  it('keep security headers where they belong', async () => {
    const custom = { Header: 'Content-Security-Policy', Value: 'x', Override: true };
    await expect(createHeadersPolicy(world, 'csp', [custom])).rejects.toMatchObject({
      name: 'InvalidArgument',
      message: expect.stringContaining('cannot be set as custom header') as string,
    });
    const config = { Name: 'cors', CorsConfig: CORS };
    const cors = new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: config });
    await expect(send(cors)).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  it('keep response headers and origin access', async () => {
    const Id = await createHeadersPolicy(world, 'errors', [
      { Header: 'cache-control', Value: 'no-store', Override: false },
    ]);
    const read = await send(new GetResponseHeadersPolicyCommand({ Id }));
    const config = read.ResponseHeadersPolicy?.ResponseHeadersPolicyConfig;
    expect(config?.CustomHeadersConfig?.Items).toEqual([
      { Header: 'cache-control', Value: 'no-store', Override: false },
    ]);
    const made = await send(
      new CreateOriginAccessControlCommand({
        OriginAccessControlConfig: {
          Name: 'builds',
          SigningProtocol: 'sigv4',
          SigningBehavior: 'always',
          OriginAccessControlOriginType: 's3',
        },
      }),
    );
    const listed = await send(new ListOriginAccessControlsCommand({}));
    const { Id: id } = made.OriginAccessControl ?? {};
    expect(listed.OriginAccessControlList?.Items?.find((one) => one.Id === id)).toMatchObject({
      Name: 'builds',
      SigningProtocol: 'sigv4',
    });
  });
});

describe('key value stores', () => {
  it('are PROVISIONING, then READY; their ETag is not the data ETag', async () => {
    const made = await send(new CreateKeyValueStoreCommand({ Name: 'kv', Comment: 'one' }));
    expect(made.KeyValueStore).toMatchObject({ Name: 'kv', Status: 'PROVISIONING' });
    world.advance(3);
    const read = await send(new DescribeKeyValueStoreCommand({ Name: 'kv' }));
    expect(read).toMatchObject({ ETag: made.ETag, KeyValueStore: { Status: 'READY' } });
    await expect(send(new CreateKeyValueStoreCommand({ Name: 'kv' }))).rejects.toMatchObject({
      name: 'EntityAlreadyExists',
    });
    const updated = await send(
      new UpdateKeyValueStoreCommand({ Name: 'kv', Comment: 'two', IfMatch: made.ETag }),
    );
    expect(updated.KeyValueStore?.Comment).toBe('two');
    const listed = await send(new ListKeyValueStoresCommand({}));
    expect(listed.KeyValueStoreList?.Items).toMatchObject([{ Name: 'kv', Comment: 'two' }]);
  });

  it('are deleted only when no function uses them', async () => {
    const arn = await createStore(world, 'used');
    await publishFunction(world, 'reader', { code: 'function handler(e) {}', store: arn });
    const { ETag } = await send(new DescribeKeyValueStoreCommand({ Name: 'used' }));
    await expect(
      send(new DeleteKeyValueStoreCommand({ Name: 'used', IfMatch: ETag })),
    ).rejects.toMatchObject({ name: 'CannotDeleteEntityWhileInUse' });
    await createStore(world, 'free');
    const free = await send(new DescribeKeyValueStoreCommand({ Name: 'free' }));
    await send(new DeleteKeyValueStoreCommand({ Name: 'free', IfMatch: free.ETag }));
    await expect(send(new DescribeKeyValueStoreCommand({ Name: 'free' }))).rejects.toMatchObject({
      name: 'EntityNotFound',
    });
  });
});

it('serves the same from a reopened directory', async () => {
  const first = await startWorld();
  await createStore(first, 'durable');
  const { id: Id } = await distribute(first, { host: 'durable.test' });
  const before = await first.cloudFront.send(new GetDistributionCommand({ Id }));
  const second = await startWorld(first.directory);
  try {
    second.advance(60);
    const after = await second.cloudFront.send(new GetDistributionCommand({ Id }));
    expect(after.Distribution).toEqual(before.Distribution);
    await second.cloudFront.send(new DescribeKeyValueStoreCommand({ Name: 'durable' }));
  } finally {
    await second.close();
    await first.close();
  }
});
