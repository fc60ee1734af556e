import {
  GetDistributionCommand,
  GetDistributionConfigCommand,
  NoSuchDistribution,
  UpdateDistributionCommand,
  type CloudFrontClient,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import type { Distribution, Distributions } from '../../../ports/distributions.ts';
import { required } from '../fields.ts';
import { translateError } from '../translate-error.ts';
import { readCaching } from './caching.ts';
import { toDistribution, withAssociations } from './distribution.ts';

export function createDistributions(cloudfront: CloudFrontClient): Distributions {
  return {
    async read(id, options) {
      try {
        const answer = await cloudfront.send(new GetDistributionCommand({ Id: id }));
        const found = required(answer.Distribution, 'the distribution');
        const distribution = toDistribution(
          found,
          required(answer.ETag, 'the ETag of a distribution'),
        );
        return options?.caching === true
          ? await withCaching(cloudfront, distribution, found.DistributionConfig)
          : distribution;
      } catch (error) {
        if (error instanceof NoSuchDistribution) return undefined;
        throw explain(error, 'GetDistribution', id);
      }
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

async function withCaching(
  cloudfront: CloudFrontClient,
  distribution: Distribution,
  config: DistributionConfig | undefined,
): Promise<Distribution> {
  const byPattern = await readCaching(cloudfront, required(config, 'the configuration'));
  const behaviours = distribution.behaviours.map((behaviour) => {
    const caching = byPattern.get(behaviour.pattern);
    return caching === undefined ? behaviour : { ...behaviour, caching };
  });
  return { ...distribution, behaviours };
}

function explain(error: unknown, verb: string, id: string): Error {
  return translateError(error, { action: `cloudfront:${verb}`, resource: `distribution ${id}` });
}
