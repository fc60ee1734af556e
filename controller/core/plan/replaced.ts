import type { AppPolicy, EnvironmentPolicy } from '../policy/policy.ts';
import type { Behaviour, Distribution } from './behaviours.ts';

interface Subject {
  readonly app: Pick<AppPolicy, 'bucket'>;
  readonly environment: Pick<EnvironmentPolicy, 'adopted'>;
}

/** Whether an ARN is of one of these functions, CloudFront's or Lambda@Edge's in any version. */
export function isNamed(arn: string, names: readonly string[]): boolean {
  const [, name] = /:function[:/]([^:/]+)(:\d+)?$/.exec(arn) ?? [];
  return name !== undefined && names.includes(name);
}

/** Whether the behaviour asks this app's bucket: `acme.s3.eu-west-1...`, or `acme.s3-eu-west-1...` of old. */
export function isBucket(
  { originDomain }: Pick<Behaviour, 'originDomain'>,
  { bucket }: Subject['app'],
): boolean {
  if (originDomain.startsWith(`${bucket}.s3.`)) return true;
  // Not `.s3-website...`, which is no bucket to sign for.
  const rest = originDomain.startsWith(`${bucket}.s3-`) ? originDomain.slice(bucket.length) : '';
  return /^\.s3-[a-z]{2}-/.test(rest);
}

/** Whether it asks the bucket below the origin path that the policy takes off. */
export function isBelowOldPath(behaviour: Behaviour, { app, environment }: Subject): boolean {
  const old = environment.adopted?.originPath;
  return old !== undefined && behaviour.originPath === old && isBucket(behaviour, app);
}

/** The distribution as it is once the functions and the origin path that the policy replaces are off it. */
export function withoutReplaced(distribution: Distribution, subject: Subject): Distribution {
  const { adopted } = subject.environment;
  const names = adopted?.replaces ?? [];
  const keep = (arn: string | undefined) =>
    arn === undefined || isNamed(arn, names) ? undefined : arn;
  return {
    ...distribution,
    behaviours: distribution.behaviours.map((behaviour) => ({
      ...behaviour,
      ...(isBelowOldPath(behaviour, subject) && { originPath: '' }),
      viewerRequestArn: keep(behaviour.viewerRequestArn),
      viewerResponseArn: keep(behaviour.viewerResponseArn),
      lambdas: behaviour.lambdas.filter(({ arn }) => !isNamed(arn, names)),
    })),
  };
}
