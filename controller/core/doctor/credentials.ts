/** Who asks, and what that one may do. */
import type { DoctorFacts, Identity } from './facts.ts';
import { found, type Finding } from './finding.ts';

/** AWS refuses a signature that is 5 minutes off (documented); SDKs that correct it hide that from others. */
const SKEW_SECONDS = 60;

export function checkCredentials(facts: DoctorFacts): readonly Finding[] {
  return [
    ...facts.identity.flatMap((identity) => [
      ...checkClock(identity, facts.now),
      ...checkToken(identity),
    ]),
    ...checkPermissions(facts),
    ...facts.unread.map(({ subject, message, next, isIdentity }) =>
      found(isIdentity ? 'credentials-refused' : 'unreadable', {
        subject,
        what: message,
        fix: next,
      }),
    ),
  ];
}

function checkClock({ at }: Identity, now: Date): readonly Finding[] {
  if (at === undefined) return [];
  const seconds = Math.round((now.getTime() - at.getTime()) / 1000);
  if (Math.abs(seconds) <= SKEW_SECONDS) return [];
  return [
    found('clock-skew', {
      subject: 'credentials',
      what: `this machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} that of AWS`,
      evidence: `AWS said ${at.toISOString()}, this machine ${now.toISOString()}`,
      fix: 'Set the clock: rollouts are timed by it, and AWS refuses signatures that are 5 minutes off.',
    }),
  ];
}

const REGIONAL =
  'Set AWS_STS_REGIONAL_ENDPOINTS=regional and AWS_REGION where the role is assumed, or update the tool that does; then sign in again.';

/**
 * Documented: tokens of the global endpoint are valid only in regions that are enabled by default.
 * Observed elsewhere: SigV4A, which signs for all regions, is refused with them.
 */
function checkToken({ token, stsEndpoints }: Identity): readonly Finding[] {
  if (token === 'global') {
    return [
      found('global-token', {
        subject: 'credentials',
        what: 'the session token looks like one of the global STS endpoint (version 1), which CloudFront KeyValueStore may refuse',
        evidence: 'the KeyValueStore signs with SigV4A, for all regions at once',
        fix: REGIONAL,
      }),
    ];
  }
  if (stsEndpoints?.toLowerCase() !== 'legacy') return [];
  return [
    found('global-endpoint', {
      subject: 'credentials',
      what: 'AWS_STS_REGIONAL_ENDPOINTS=legacy: tools that heed it get tokens of the global STS endpoint',
      fix: REGIONAL,
    }),
  ];
}

function checkPermissions({ denied }: DoctorFacts): readonly Finding[] {
  return denied.permissions.map(({ action, resource }) =>
    found('permission-missing', {
      subject: denied.who,
      what: `may not do ${action} on ${resource}`,
      evidence: 'simulated by IAM; permissions of resources and of the organisation are not in it',
      fix: `Allow ${action} on ${resource} there; or, where somebody else releases, ask about that role: headgate doctor --role <arn>`,
    }),
  );
}
