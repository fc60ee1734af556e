/** Quotas, near their end. */
import type { DoctorFacts } from './facts.ts';
import { found, type Finding } from './finding.ts';

const NEAR = 0.8;

export function checkQuotas({ quotas }: DoctorFacts): readonly Finding[] {
  return quotas
    .filter(({ used, limit }) => used > limit * NEAR)
    .map(({ what, subject, used, limit, isExact, fix }) =>
      found(used >= limit && isExact ? 'quota-reached' : 'quota-near', {
        subject,
        what: `${what}: ${used} of ${limit}${isExact ? '' : ' (the documented default)'}`,
        fix,
      }),
    );
}
