import {
  CreateInvalidationCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  NoSuchDistribution,
  UpdateDistributionCommand,
  waitUntilInvalidationCompleted,
  type CloudFrontClient,
  type DistributionConfig,
} from '@aws-sdk/client-cloudfront';
import { randomUUID } from 'node:crypto';
import type { Distribution, Distributions } from '../../../ports/distributions.ts';
import { limitTo } from '../../../core/at-once.ts';
import { gather } from '../../gather.ts';
import { required } from '../fields.ts';
import { translateError } from '../translate-error.ts';
import { readCaching } from './caching.ts';
import { withDeparture } from './departure.ts';
import { toDistribution, toErrorPages, withAssociations } from './distribution.ts';
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

    associate: (id, revision, associations) =>
      update(cloudfront, { id, revision }, (config) => withAssociations(config, associations)),

    leave: (id, revision, departure) =>
      update(cloudfront, { id, revision }, (config) => withDeparture(config, departure)),

    forget: (id, paths) => invalidate(cloudfront, id, paths),
  };
}

async function update(
  cloudfront: CloudFrontClient,
  { id, revision }: { readonly id: string; readonly revision: string },
  change: (config: DistributionConfig) => DistributionConfig,
): Promise<void> {
  try {
    const live = await cloudfront.send(new GetDistributionConfigCommand({ Id: id }));
    const config = required(live.DistributionConfig, 'the configuration of a distribution');
    await cloudfront.send(
      new UpdateDistributionCommand({
        Id: id,
        IfMatch: revision,
        DistributionConfig: change(config),
      }),
    );
  } catch (error) {
    throw explain(error, 'UpdateDistribution', id);
  }
}

/** CloudFront takes a minute as a rule; this is when to stop hoping. */
const INVALIDATION_SECONDS = 15 * 60;

async function invalidate(
  client: CloudFrontClient,
  DistributionId: string,
  Items: readonly string[],
): Promise<void> {
  const InvalidationBatch = {
    CallerReference: randomUUID(),
    Paths: { Quantity: Items.length, Items: [...Items] },
  };
  try {
    const made = await client.send(
      new CreateInvalidationCommand({ DistributionId, InvalidationBatch }),
    );
    const Id = required(made.Invalidation?.Id, 'the id of an invalidation');
    const waiting = { client, maxWaitTime: INVALIDATION_SECONDS, minDelay: 1, maxDelay: 10 };
    await waitUntilInvalidationCompleted(waiting, { DistributionId, Id });
  } catch (error) {
    throw explain(error, 'CreateInvalidation', DistributionId);
  }
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
  return { ...distribution, behaviours, errorPages: toErrorPages(config) };
}

function explain(error: unknown, verb: string, id: string): Error {
  return translateError(error, { action: `cloudfront:${verb}`, resource: `distribution ${id}` });
}
