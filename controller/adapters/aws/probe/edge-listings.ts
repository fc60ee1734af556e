import {
  type CloudFrontClient,
  ListDistributionsCommand,
  ListFunctionsCommand,
  ListKeyValueStoresCommand,
  ListOriginAccessControlsCommand,
  ListResponseHeadersPoliciesCommand,
} from '@aws-sdk/client-cloudfront';
import type { PartName } from '../../../core/doctor/probe/part.ts';
import { listAll, type Listed, type Listing } from './listing.ts';

/** What distributions of the probe say of themselves: they have no names. */
export const COMMENT = 'headgate doctor --probe';

const PARTS: readonly PartName[] = ['edge', 'lambda-edge'];

export const EDGE_LISTINGS: readonly Listing[] = [
  {
    what: 'KeyValueStore',
    parts: ['edge', 'roles'],
    list: ({ cloudfront }) =>
      listAll(async (Marker) => {
        const order = new ListKeyValueStoresCommand({ ...(Marker && { Marker }) });
        const { Items = [], NextMarker } = (await cloudfront.send(order)).KeyValueStoreList ?? {};
        return [Items.map(({ Name }) => Name), NextMarker];
      }),
  },
  {
    what: 'function of CloudFront',
    parts: PARTS,
    list: ({ cloudfront }) =>
      listAll(async (Marker) => {
        const order = new ListFunctionsCommand({ ...(Marker && { Marker }) });
        const { Items = [], NextMarker } = (await cloudfront.send(order)).FunctionList ?? {};
        return [Items.map(({ Name }) => Name), NextMarker];
      }),
  },
  {
    what: 'origin access control',
    parts: PARTS,
    list: ({ cloudfront }) =>
      listAll(async (Marker) => {
        const order = new ListOriginAccessControlsCommand({ ...(Marker && { Marker }) });
        const list = (await cloudfront.send(order)).OriginAccessControlList;
        return [(list?.Items ?? []).map(({ Name }) => Name), list?.NextMarker];
      }),
  },
  {
    what: 'response headers policy',
    parts: PARTS,
    list: ({ cloudfront }) =>
      listAll(async (Marker) => {
        const order = { Type: 'custom', ...(Marker && { Marker }) } as const;
        const answer = await cloudfront.send(new ListResponseHeadersPoliciesCommand(order));
        const { Items = [], NextMarker } = answer.ResponseHeadersPolicyList ?? {};
        const policies = Items.map(
          (item) => item.ResponseHeadersPolicy?.ResponseHeadersPolicyConfig,
        );
        return [policies.map((policy) => policy?.Name), NextMarker];
      }),
  },
  {
    what: 'distribution',
    parts: PARTS,
    list: ({ cloudfront }) => listDistributions(cloudfront),
  },
];

async function listDistributions(client: CloudFrontClient): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  let Marker: string | undefined;
  do {
    const order = new ListDistributionsCommand({ ...(Marker && { Marker }) });
    const { Items = [], NextMarker } = (await client.send(order)).DistributionList ?? {};
    const own = Items.filter(({ Comment }) => Comment?.startsWith(COMMENT) === true);
    found.push(...own.map(({ Id }) => ({ id: String(Id) })));
    Marker = NextMarker;
  } while (Marker);
  return found;
}
