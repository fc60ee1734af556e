import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { Fault } from './fault.ts';

/** The distribution, changed. */
export const changed = (
  edit: (config: DistributionConfig) => DistributionConfig,
): Pick<Fault, 'plant'> => ({
  plant: (patient) => patient.change(edit),
});

type Default = NonNullable<DistributionConfig['DefaultCacheBehavior']>;

/** Its default behaviour, changed. */
export const byDefault = (edit: Partial<Default>) =>
  changed((config) => ({
    ...config,
    DefaultCacheBehavior: { ...config.DefaultCacheBehavior!, ...edit },
  }));
