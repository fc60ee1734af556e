import { mapAtOnce } from '../../core/at-once.ts';
import type { CertificateLook, EnvironmentLook } from '../../core/doctor/facts.ts';
import { answersFor } from '../../core/plan/check-behaviours.ts';
import type { Context } from '../../ports/context.ts';
import { explain } from './notebook.ts';

/** Where a network swallows handshakes each waits to its limit, so many go on at once. */
const AT_ONCE = 32;

/** Of the local cloud, and of whatever else has no edge, there is nothing to shake hands with. */
const EDGE = '.cloudfront.net';

/** Some edge locations have the certificate from before, or don't know the host yet. */
const ON_ITS_WAY = {
  message: 'a change of the distribution is on its way',
  next: 'Run it again once the change is everywhere.',
};

/** By the distribution's own name, so DNS may point elsewhere. Hosts that it doesn't answer for are another finding. */
export function readCertificates(
  { inspection }: Context,
  environments: readonly EnvironmentLook[],
): Promise<readonly CertificateLook[]> {
  const asked = environments.flatMap(({ subject, planned }) =>
    planned.flatMap(({ facts: { distribution } }) => {
      if (distribution?.domain.endsWith(EDGE) !== true) return [];
      const hosts = subject.environment.hosts.filter((host) => answersFor(distribution, host));
      return hosts.map((host) => ({ subject, distribution, host }));
    }),
  );
  return mapAtOnce(asked, AT_ONCE, async ({ subject, distribution, host }) => {
    const { domain, status } = distribution;
    if (status === 'InProgress') return { subject, host, seen: [], failure: ON_ITS_WAY };
    try {
      return { subject, host, seen: [await inspection.certificate(domain, host)] };
    } catch (error) {
      return { subject, host, seen: [], failure: explain(error) };
    }
  });
}
