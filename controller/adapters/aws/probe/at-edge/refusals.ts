import {
  type CacheBehavior,
  type CloudFrontClient,
  type DistributionConfig,
  type OriginGroup,
} from '@aws-sdk/client-cloudfront';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import {
  composeBehaviour,
  composeDisabled,
  composeOrigin,
  startDistribution,
} from '../distribution.ts';
import { observe, refusalToOwner, tell } from '../observe.ts';
import type { Scratch } from '../scratch.ts';

export interface Refusing {
  readonly cloudfront: CloudFrontClient;
  readonly scratch: Scratch;
  readonly bucket: string;
  readonly control: string;
  /** ARNs of functions. */
  readonly unpublished: string;
  readonly published: string;
}

/** What CloudFront refuses in a distribution, and how it says so. */
export async function lookAtRefusals(ground: Refusing): Promise<readonly Measured[]> {
  const { unpublished, published } = ground;
  const group = (more: Partial<OriginGroup> & { readonly members?: readonly string[] }) =>
    composeGroups(ground, more);
  return [
    await observe('association-codes', async () => {
      const [draft, twice] = [
        await ask(ground, 'draft', runs([unpublished])),
        await ask(ground, 'twice', runs([published, published])),
      ];
      const holds = [draft, twice].every((said) => said === '400 InvalidFunctionAssociation');
      return [holds, `not published: ${draft}, two for one event: ${twice}`];
    }),
    await observe('origin-group-codes', async () => {
      const said = {
        'a code of 418': await ask(ground, 'code', group({ FailoverCriteria: codes(418) })),
        'one member': await ask(ground, 'one', group({ members: ['bucket'] })),
        "an origin's Id": await ask(ground, 'id', group({ Id: 'bucket' })),
        'an unknown origin': await ask(ground, 'origin', group({ members: ['bucket', 'nowhere'] })),
      };
      const expected = ['400 InvalidArgument', '400 InvalidArgument', '400 InvalidArgument'];
      const holds = String(Object.values(said)) === String([...expected, '404 NoSuchOrigin']);
      const told = Object.entries(said).map(([what, answer]) => `${what}: ${answer}`);
      return [holds, told.join(', ')];
    }),
  ];
}

/** How CloudFront answers such a distribution. One that it takes, although it shouldn't, goes with the rest. */
export async function ask(
  {
    cloudfront,
    scratch,
    bucket,
    control,
  }: Pick<Refusing, 'cloudfront' | 'scratch' | 'bucket' | 'control'>,
  kind: string,
  wrong: Partial<DistributionConfig>,
): Promise<string> {
  const config = composeDisabled({ name: `${scratch.name}-${kind}`, bucket, control }, wrong);
  const maker = { client: cloudfront, scratch };
  return tell(await refusalToOwner(startDistribution(maker, config)));
}

function runs(arns: readonly string[]): Partial<DistributionConfig> {
  const Items = arns.map((FunctionARN) => ({ EventType: 'viewer-request' as const, FunctionARN }));
  const FunctionAssociations: CacheBehavior['FunctionAssociations'] = {
    Quantity: Items.length,
    Items,
  };
  return { DefaultCacheBehavior: { ...composeBehaviour('bucket'), FunctionAssociations } };
}

/** A group of two origins, but for what is wrong with it. */
function composeGroups(
  { bucket, control }: Refusing,
  {
    members = ['bucket', 'other'],
    ...more
  }: Partial<OriginGroup> & { readonly members?: readonly string[] },
): Partial<DistributionConfig> {
  const origins = ['bucket', 'other'].map((id) => composeOrigin(id, { bucket, control }));
  const Members = members.map((OriginId) => ({ OriginId }));
  const one = {
    Id: 'group',
    FailoverCriteria: codes(503),
    Members: { Quantity: Members.length, Items: Members },
    ...more,
  };
  return {
    Origins: { Quantity: origins.length, Items: origins },
    OriginGroups: { Quantity: 1, Items: [one] },
  };
}

export function codes(...Items: number[]) {
  return { StatusCodes: { Quantity: Items.length, Items } };
}
