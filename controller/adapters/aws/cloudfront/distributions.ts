import {
  GetDistributionCommand,
  GetDistributionConfigCommand,
  NoSuchDistribution,
  UpdateDistributionCommand,
  type CloudFrontClient,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import type { Distribution, Distributions } from '../../../ports/distributions.ts';
import { limitTo } from '../../../core/at-once.ts';
import { gather } from '../../gather.ts';
import { required } from '../fields.ts';
import { translateError } from '../translate-error.ts';
import { readCaching } from './caching.ts';
import { toDistribution, withAssociations } from './distribution.ts';
import { listDistributions } from './list-distributions.ts';

const AT_ONCE = 8;

export function createDistributions(cloudfront: CloudFrontClient): Distributions {
  const limited = limitTo(AT_ONCE);
  const findListed = gather((ids) => listDistributions(cloudfront, ids));
  return {
    async read(id, options) {
      if (options?.caching === true) return readOne(cloudfront, id, true);
      return (await findListed(id)) ?? limited(() => readOne(cloudfront, id, false));
    },

    async associate(id, revision, associations) {
      try {
        const live = await cloudfront.send(new GetDistributionConfigCommand({ Id: id }));
        const config = required(live.DistributionConfig, 'the configuration of a distribution');
        await cloudfront.send(
          new UpdateDistributionCommand({
            Id: id,
            IfMatch: revision,
            DistributionConfig: withAssociations(config, associations),
          }),
        );
      } catch (error) {
        throw explain(error, 'UpdateDistribution', id);
      }
    },
  };
}

async function readOne(
  cloudfront: CloudFrontClient,
  id: string,
  isCachingAsked: boolean,
): Promise<Distribution | undefined> {
  try {
    const answer = await cloudfront.send(new GetDistributionCommand({ Id: id }));
    const found = required(answer.Distribution, 'the distribution');
    const config = required(found.DistributionConfig, 'the configuration of a distribution');
    const revision = required(answer.ETag, 'the ETag of a distribution');
    const distribution = toDistribution(found, config, revision);
    return isCachingAsked ? await withCaching(cloudfront, distribution, config) : distribution;
  } catch (error) {
    if (error instanceof NoSuchDistribution) return undefined;
    throw explain(error, 'GetDistribution', id);
  }
}

async function withCaching(
  cloudfront: CloudFrontClient,
  distribution: Distribution,
  config: DistributionConfig,
): Promise<Distribution> {
  const byPattern = await readCaching(cloudfront, config);
  const behaviours = distribution.behaviours.map((behaviour) => {
    const caching = byPattern.get(behaviour.pattern);
    return caching === undefined ? behaviour : { ...behaviour, caching };
  });
  return { ...distribution, behaviours };
}

function explain(error: unknown, verb: string, id: string): Error {
  return translateError(error, { action: `cloudfront:${verb}`, resource: `distribution ${id}` });
}
