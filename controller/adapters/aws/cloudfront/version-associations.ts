import type {
  DefaultCacheBehavior,
  FunctionAssociations,
  LambdaFunctionAssociation,
} from '@aws-sdk/client-cloudfront';
import { LAMBDA_EVENTS } from '../../../core/plan/function-names.ts';
import { isNamed } from '../../../core/plan/replaced.ts';
import type { VersionAssociation } from '../../../ports/distributions.ts';

type Associations = Pick<
  DefaultCacheBehavior,
  'FunctionAssociations' | 'LambdaFunctionAssociations'
>;

/** The associations of a behaviour with this version on its three events, in the place of what was there. */
export function associateVersion(
  behaviour: DefaultCacheBehavior,
  { lambdaArn, replaces }: VersionAssociation,
): Associations {
  const ours: readonly string[] = LAMBDA_EVENTS;
  const others = (behaviour.LambdaFunctionAssociations?.Items ?? []).filter(
    ({ EventType, LambdaFunctionARN }) =>
      !ours.includes(EventType ?? '') && !isNamed(LambdaFunctionARN ?? '', replaces),
  );
  const items: LambdaFunctionAssociation[] = [
    ...others,
    ...LAMBDA_EVENTS.map((EventType) => ({
      EventType,
      LambdaFunctionARN: lambdaArn,
      IncludeBody: false,
    })),
  ];
  return {
    ...removeFunctions(behaviour.FunctionAssociations, replaces),
    LambdaFunctionAssociations: { Quantity: items.length, Items: items },
  };
}

function removeFunctions(
  present: FunctionAssociations | undefined,
  names: readonly string[],
): Pick<Associations, 'FunctionAssociations'> {
  const items = present?.Items ?? [];
  const kept = items.filter(({ FunctionARN }) => !isNamed(FunctionARN ?? '', names));
  if (kept.length === items.length) return {};
  return { FunctionAssociations: { Quantity: kept.length, Items: kept } };
}
