import type { DefaultCacheBehavior, DistributionConfig } from '@aws-sdk/client-cloudfront';
import { required } from '../fields.ts';

/** How the default behaviour is named in our words; CloudFront gives it no pattern. */
export const DEFAULT_PATTERN = '*';

/** The configuration with these changes of its behaviours. */
export function changeBehaviours(
  config: DistributionConfig,
  change: (behaviour: DefaultCacheBehavior, pattern: string) => Partial<DefaultCacheBehavior>,
): DistributionConfig {
  const apply = <T extends DefaultCacheBehavior>(behaviour: T, pattern = ''): T => ({
    ...behaviour,
    ...change(behaviour, pattern),
  });
  const fallback = required(config.DefaultCacheBehavior, 'the default behaviour');
  const others = config.CacheBehaviors;
  return {
    ...config,
    DefaultCacheBehavior: apply(fallback, DEFAULT_PATTERN),
    CacheBehaviors: others?.Items && {
      ...others,
      Items: others.Items.map((behaviour) => apply(behaviour, behaviour.PathPattern)),
    },
  };
}
