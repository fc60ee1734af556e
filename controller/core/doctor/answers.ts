/** What behaviours do to answers on their way: encryption, compression, headers. */
import { setupOf } from '../policy/setup.ts';
import { ofBucket, type BehaviourSettings } from './distribution-settings.ts';
import type { DoctorFacts, EnvironmentLook } from './facts.ts';
import { foundIf, type Finding } from './finding.ts';

/** Of those that `bootstrap` sets. */
const HEADERS = ['StrictTransportSecurity', 'ContentTypeOptions', 'ReferrerPolicy', 'FrameOptions'];

/** An API, or another bucket, is its team's own. */
export function checkAnswers({ environments, policies }: DoctorFacts): readonly Finding[] {
  const wanted = setupOf(policies).headers === 'standard' ? HEADERS : [];
  return environments.flatMap((look) =>
    look.settings.flatMap((settings) => judge(look, ofBucket(settings, look.subject.app), wanted)),
  );
}

function judge(
  { subject: { app, environment } }: EnvironmentLook,
  own: readonly BehaviourSettings[],
  wanted: readonly string[],
): readonly Finding[] {
  const subject = `${app.app}/${environment.name}`;
  const plain = own.filter(({ allowsPlainHttp }) => allowsPlainHttp);
  const large = own.filter(({ compresses, key }) => !compresses || !key.hasEncodings);
  const lacking = wanted.filter((name) => own.some((one) => !one.securityHeaders.includes(name)));
  const bare = own.filter((one) => lacking.some((name) => !one.securityHeaders.includes(name)));
  return [
    ...foundIf(plain.length > 0, 'plain-http', {
      subject,
      what: `behaviours ${list(plain)} answer without TLS: on the way anybody can change a build`,
      fix: 'Set ViewerProtocolPolicy to redirect-to-https.',
    }),
    ...foundIf(large.length > 0, 'not-compressed', {
      subject,
      what: `behaviours ${list(large)} send files as large as they are`,
      fix: 'Set Compress on them, and EnableAcceptEncodingGzip and EnableAcceptEncodingBrotli in their cache policy.',
    }),
    ...foundIf(lacking.length > 0, 'security-headers', {
      subject,
      what: `behaviours ${list(bare)} lack ${lacking.join(', ')}`,
      fix: 'Set them in the response headers policy (headgate bootstrap --outputs-only has the values); or say `headers: none` in setup.',
    }),
  ];
}

function list(behaviours: readonly BehaviourSettings[]): string {
  return behaviours.map(({ pattern }) => pattern).join(', ');
}
