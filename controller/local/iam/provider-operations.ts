import * as z from 'zod';
import { listOf } from '../http/aws-query.ts';
import type { CloudClock } from '../service.ts';
import {
  hostOf,
  providerArn,
  requireProvider,
  type ProviderRecord,
  type Providers,
} from './provider.ts';
import type { JsonOperation } from '../http/aws-json.ts';
import { define } from './define.ts';
import { alreadyExists, limitExceeded } from './role.ts';
import { readTags, renderTags, tagsShape, withoutTags } from './tags.ts';

const CLIENT_IDS_LIMIT = 100;

const OpenIDConnectProviderArn = z.string();
const ThumbprintList = listOf(z.string().length(40)).refine((list) => list.length <= 5);
const ClientID = z.string().min(1).max(255);

const createShape = z.strictObject({
  Url: z.string().regex(/^https:\/\/[^?#]{1,247}$/),
  ClientIDList: listOf(ClientID).default([]),
  ThumbprintList: ThumbprintList.default([]),
  Tags: tagsShape.optional(),
});
const arnShape = z.strictObject({ OpenIDConnectProviderArn });
const clientShape = z.strictObject({ OpenIDConnectProviderArn, ClientID });
const thumbprintShape = z.strictObject({ OpenIDConnectProviderArn, ThumbprintList });
const tagShape = z.strictObject({ OpenIDConnectProviderArn, Tags: tagsShape });
const untagShape = z.strictObject({ OpenIDConnectProviderArn, TagKeys: listOf(z.string()) });

/** OpenID Connect providers. */
export function providerOperations(
  providers: Providers,
  clock: CloudClock,
): Record<string, JsonOperation> {
  return {
    CreateOpenIDConnectProvider: define(createShape, (input) =>
      createProvider(providers, input, clock),
    ),
    GetOpenIDConnectProvider: define(arnShape, (input) =>
      render(requireProvider(providers, input.OpenIDConnectProviderArn)),
    ),
    ListOpenIDConnectProviders: define(z.strictObject({}), () => ({
      OpenIDConnectProviderList: providers.values().map(({ arn }) => ({ Arn: arn })),
    })),
    // Deleting what isn't there succeeds.
    DeleteOpenIDConnectProvider: define(arnShape, (input) =>
      providers.remove(hostOf(input.OpenIDConnectProviderArn)),
    ),
    ...changes(providers),
  };
}

function changes(providers: Providers): Record<string, JsonOperation> {
  const change = <Shape extends z.ZodType<{ readonly OpenIDConnectProviderArn: string }>>(
    shape: Shape,
    apply: (provider: ProviderRecord, input: z.output<Shape>) => Partial<ProviderRecord>,
  ) =>
    define(shape, (input) => {
      const provider = requireProvider(providers, input.OpenIDConnectProviderArn);
      providers.save({ ...provider, ...apply(provider, input) });
    });
  return {
    AddClientIDToOpenIDConnectProvider: change(clientShape, ({ clientIds }, input) => {
      const ids = [...new Set([...clientIds, input.ClientID])];
      if (ids.length <= CLIENT_IDS_LIMIT) return { clientIds: ids };
      throw limitExceeded(
        `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${CLIENT_IDS_LIMIT}`,
      );
    }),
    RemoveClientIDFromOpenIDConnectProvider: change(clientShape, ({ clientIds }, input) => ({
      clientIds: clientIds.filter((id) => id !== input.ClientID),
    })),
    UpdateOpenIDConnectProviderThumbprint: change(thumbprintShape, (_, input) => ({
      thumbprints: input.ThumbprintList,
    })),
    TagOpenIDConnectProvider: change(tagShape, ({ tags }, input) => ({
      tags: { ...tags, ...readTags(input.Tags) },
    })),
    UntagOpenIDConnectProvider: change(untagShape, ({ tags }, input) => ({
      tags: withoutTags(tags, input.TagKeys),
    })),
  };
}

function createProvider(
  providers: Providers,
  input: z.output<typeof createShape>,
  clock: CloudClock,
) {
  const host = input.Url.replace(/^https:\/\//, '').replace(/\/$/, '');
  if (providers.get(host) !== undefined) {
    throw alreadyExists(`Provider with url https://${host} already exists.`);
  }
  const provider: ProviderRecord = {
    host,
    arn: providerArn(host),
    created: clock.now().getTime(),
    clientIds: input.ClientIDList,
    thumbprints: input.ThumbprintList,
    tags: readTags(input.Tags),
  };
  providers.save(provider);
  return { OpenIDConnectProviderArn: provider.arn, Tags: renderTags(provider.tags) };
}

function render(provider: ProviderRecord) {
  return {
    Url: provider.host,
    ClientIDList: provider.clientIds,
    ThumbprintList: provider.thumbprints,
    CreateDate: new Date(provider.created),
    Tags: renderTags(provider.tags),
  };
}
