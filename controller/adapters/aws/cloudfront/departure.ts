import type { DefaultCacheBehavior, DistributionConfig } from '@aws-sdk/client-cloudfront';
import { isNamed } from '../../../core/plan/replaced.ts';
import type { Departure } from '../../../ports/distributions.ts';
import { changeBehaviours } from './change-behaviours.ts';
import { removeLambdas } from './distribution.ts';
import { movedTo } from './origin-paths.ts';

/** The configuration with these behaviours going on without us, all else as it was. */
export function withDeparture(
  config: DistributionConfig,
  { patterns, originPath, rootObject, ...departure }: Departure,
): DistributionConfig {
  const changed = changeBehaviours(config, (behaviour, pattern) =>
    patterns.includes(pattern) ? replaceFunctions(behaviour, departure) : {},
  );
  const moved =
    originPath === undefined
      ? changed
      : patterns.reduce((all, pattern) => movedTo(all, pattern, { to: originPath }), changed);
  return { ...moved, ...(rootObject !== undefined && { DefaultRootObject: rootObject }) };
}

function replaceFunctions(
  behaviour: DefaultCacheBehavior,
  { functions, viewerRequestArn }: Pick<Departure, 'functions' | 'viewerRequestArn'>,
): Partial<DefaultCacheBehavior> {
  const kept = (behaviour.FunctionAssociations?.Items ?? []).filter(
    ({ FunctionARN = '' }) => !isNamed(FunctionARN, functions),
  );
  const items =
    viewerRequestArn === undefined
      ? kept
      : [...kept, { EventType: 'viewer-request' as const, FunctionARN: viewerRequestArn }];
  return {
    FunctionAssociations: { Quantity: items.length, Items: items },
    ...removeLambdas(behaviour.LambdaFunctionAssociations, functions),
  };
}
