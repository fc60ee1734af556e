import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Distribution } from './behaviours.ts';

/** Whether an ARN is of one of these functions, CloudFront's or Lambda@Edge's in any version. */
export function isNamed(arn: string, names: readonly string[]): boolean {
  const [, name] = /:function[:/]([^:/]+)(:\d+)?$/.exec(arn) ?? [];
  return name !== undefined && names.includes(name);
}

/** The distribution as it is once the functions that the policy replaces are off it. */
export function withoutReplaced(
  distribution: Distribution,
  { adopted }: EnvironmentPolicy,
): Distribution {
  const names = adopted?.replaces ?? [];
  const keep = (arn: string | undefined) =>
    arn === undefined || isNamed(arn, names) ? undefined : arn;
  return {
    ...distribution,
    behaviours: distribution.behaviours.map((behaviour) => ({
      ...behaviour,
      viewerRequestArn: keep(behaviour.viewerRequestArn),
      viewerResponseArn: keep(behaviour.viewerResponseArn),
      lambdas: behaviour.lambdas.filter(({ arn }) => !isNamed(arn, names)),
    })),
  };
}
