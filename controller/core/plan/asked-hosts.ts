import type { EnvironmentPolicy } from '../policy/policy.ts';
import type { Distribution } from './behaviours.ts';
import { answersFor } from './check-behaviours.ts';

/** Where the edge of an environment is asked for what it serves. */
export interface AskedHost {
  readonly host: string;
  /** Hosts of the policy, which the distribution doesn't answer for. Absent: it is one itself. */
  readonly insteadOf?: readonly string[];
}

/**
 * Worked example: a distribution that waits for its certificate has no alias `shop.example.com`. Whatever that
 * name leads to, it isn't this edge: `d111111abcdef8.cloudfront.net` is.
 */
export function listAskedHosts(
  { hosts }: Pick<EnvironmentPolicy, 'hosts'>,
  distribution: Distribution | undefined,
): readonly AskedHost[] {
  if (distribution === undefined) return hosts.map((host) => ({ host }));
  const insteadOf = hosts.filter((host) => !answersFor(distribution, host));
  const answered = hosts.filter((host) => !insteadOf.includes(host)).map((host) => ({ host }));
  return insteadOf.length === 0
    ? answered
    : [...answered, { host: distribution.domain, insteadOf }];
}
