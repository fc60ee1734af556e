/** What visitors get in the TLS handshake. */
import type { CertificateLook, CertificateSeen, DoctorFacts } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';

const DAY_MS = 86_400_000;
/** ACM renews by itself what it issued, long before that; not what was imported (documented). */
const SOON = { days: 30, share: 1 / 3 };
const URGENT = { days: 7, share: 1 / 6 };

export function checkCertificates({ certificates, now }: DoctorFacts): readonly Finding[] {
  return certificates.flatMap((look) => judge(look, now));
}

function judge({ subject: about, host, seen, failure }: CertificateLook, now: Date) {
  const subject = `${about.app.app}/${about.environment.name}`;
  return [
    ...(failure === undefined
      ? []
      : [
          found('certificate-unseen', {
            subject,
            what: `nobody looked at the certificate of ${host}: ${failure.message}`,
            fix: failure.next,
          }),
        ]),
    ...seen.flatMap((one) => judgeSeen(one, { subject, host, now })),
  ];
}

/** One that is made for days or weeks is never a month from its end: there a part of its time counts. */
function isNear(
  { begins, expires }: CertificateSeen,
  { days, share }: typeof SOON,
  now: Date,
): boolean {
  const lifetime = expires.getTime() - begins.getTime();
  return expires.getTime() - now.getTime() < Math.min(days * DAY_MS, lifetime * share);
}

function judgeSeen(
  seen: CertificateSeen,
  { subject, host, now }: { readonly subject: string; readonly host: string; readonly now: Date },
): readonly Finding[] {
  const isUrgent = isNear(seen, URGENT, now);
  const when = seen.expires.toISOString();
  const fix =
    'Look in ACM (us-east-1) why it is not renewed: usually the record of its validation is gone from DNS. One that was imported is yours to renew.';
  return [
    ...foundIf(isUrgent, 'certificate-expires', {
      subject,
      what: `the certificate of ${host} ${seen.expires < now ? 'expired' : 'expires'} at ${when}`,
      fix,
    }),
    ...foundIf(!isUrgent && isNear(seen, SOON, now), 'certificate-expires-soon', {
      subject,
      what: `the certificate of ${host} expires at ${when}`,
      fix,
    }),
    ...foundIf(!seen.names.some((name) => isFor(name, host)), 'certificate-other', {
      subject,
      what: `the certificate that visitors of ${host} get is for ${seen.names.join(', ') || 'nobody'}`,
      fix: `Give the distribution a certificate of us-east-1 that has ${host} (setup.certificates, where bootstrap makes it).`,
    }),
  ];
}

/** A wildcard stands for one label (RFC 6125): `*.example.com` is for no `a.b.example.com`. */
function isFor(name: string, host: string): boolean {
  const [known, asked] = [name.toLowerCase(), host.toLowerCase()];
  return known === asked || (known.startsWith('*.') && asked.replace(/^[^.]+/, '*') === known);
}
