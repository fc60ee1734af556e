import {
  GetDistributionCommand,
  GetDistributionConfigCommand,
  NoSuchDistribution,
  UpdateDistributionCommand,
  type CloudFrontClient,
} from '@aws-sdk/client-cloudfront';
import type { Distributions } from '../../../ports/distributions.ts';
import { required } from '../fields.ts';
import { translateError } from '../translate-error.ts';
import { toDistribution, withAssociations } from './distribution.ts';

export function createDistributions(cloudfront: CloudFrontClient): Distributions {
  return {
    async read(id) {
      try {
        const answer = await cloudfront.send(new GetDistributionCommand({ Id: id }));
        return toDistribution(
          required(answer.Distribution, 'the distribution'),
          required(answer.ETag, 'the ETag of a distribution'),
        );
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

function explain(error: unknown, verb: string, id: string): Error {
  return translateError(error, { action: `cloudfront:${verb}`, resource: `distribution ${id}` });
}
