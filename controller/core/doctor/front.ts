/** How visitors reach a distribution: TLS, HTTP versions, and what it makes of `/`. */
import { servedBehaviours } from '../plan/behaviours.ts';
import { usesOrigins } from '../plan/origins.ts';
import type { FrontSettings } from './distribution-settings.ts';
import type { DoctorFacts, EnvironmentLook } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';

export function checkFronts({ environments }: DoctorFacts): readonly Finding[] {
  return environments.flatMap((look) =>
    look.settings.flatMap((settings) =>
      settings === undefined
        ? []
        : [
            ...checkTls(look, settings.front),
            ...checkVersions(look, settings.front),
            ...checkRoot(look, settings.front),
          ],
    ),
  );
}

function nameOf({ subject: { app, environment } }: EnvironmentLook): string {
  return `${app.app}/${environment.name}`;
}

/** `TLSv1.2_2021`, `TLSv1.3_2025`. */
const MODERN = /^TLSv1\.[23]_/;

/** Of CloudFront's own certificate nobody can choose (documented). */
function checkTls(look: EnvironmentLook, { certificate }: FrontSettings): readonly Finding[] {
  if (certificate === undefined) return [];
  const { distribution } = look.subject.environment.edge;
  const { protocol, support } = certificate;
  return [
    ...foundIf(!MODERN.test(protocol), 'tls-old', {
      subject: nameOf(look),
      what: `distribution ${distribution} takes visitors with ${protocol || 'any version of TLS'}`,
      fix: 'Set MinimumProtocolVersion to TLSv1.2_2021.',
    }),
    ...foundIf(support === 'vip', 'tls-dedicated', {
      subject: nameOf(look),
      what: `distribution ${distribution} has IP addresses of its own for TLS (vip), which AWS bills by the month`,
      fix: 'Set SslSupportMethod to sni-only, which every browser of today knows.',
    }),
  ];
}

function checkVersions(look: EnvironmentLook, { http, isIpv6 }: FrontSettings): readonly Finding[] {
  const lacking = [
    ...(http.includes('http2') ? [] : ['HTTP/2']),
    ...(http.includes('http3') || http === 'http2and3' ? [] : ['HTTP/3']),
    ...(isIpv6 ? [] : ['IPv6']),
  ];
  const { distribution } = look.subject.environment.edge;
  return foundIf(lacking.length > 0, 'versions-off', {
    subject: nameOf(look),
    what: `distribution ${distribution} speaks no ${lacking.join(', no ')}`,
    fix: 'Set HttpVersion to http2and3 and IPV6Enabled to true: it costs nothing.',
  });
}

/** Where a function runs it makes `/` a page of the build. Whole origins know their own `/`. */
function checkRoot(look: EnvironmentLook, { rootObject }: FrontSettings): readonly Finding[] {
  if (rootObject !== '') return [];
  return look.planned.flatMap(({ facts: { app, adoption, distribution } }) => {
    if (distribution === undefined || usesOrigins(app, adoption.record)) return [];
    const fallback = servedBehaviours(distribution, app).find(({ pattern }) => pattern === '*');
    const runs = fallback?.viewerRequestArn ?? fallback?.lambdas[0]?.arn;
    if (fallback === undefined || runs !== undefined) return [];
    return [
      found('root-listed', {
        subject: nameOf(look),
        what: `distribution ${distribution.id} has no default root object, and no function: / shows what is in bucket ${app.bucket}`,
        fix: 'Set DefaultRootObject to index.html; headgate reconcile associates the functions.',
      }),
    ];
  });
}
