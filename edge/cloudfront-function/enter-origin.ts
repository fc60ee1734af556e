import type cloudfront from 'cloudfront';
import type { Served } from '../core/decide.ts';
import type { CloudFrontRequest } from './event.ts';

/** Sends the request to the whole origin that was decided on, if one was. */
export function enterOrigin(
  helper: typeof cloudfront,
  decision: Served,
  request: CloudFrontRequest,
): void {
  const origin = decision.origin;
  if (!origin) return;
  const url = /^https:\/\/([^/:]+):?(\d*)(.*?)\/?$/.exec(origin);
  if (!url) return helper.selectRequestOriginById(origin);
  const host = url[1] as string;
  // Its path comes in front of all others.
  request.uri = url[3] + decision.uri;
  helper.updateRequestOrigin({
    domainName: host,
    // Else an origin request policy may let the viewer's through, which that server doesn't know.
    hostHeader: host,
    // Else the bucket's would sign the requests; and CloudFront refuses `hostHeader` together with it.
    originAccessControlConfig: { enabled: false },
    customOriginConfig: {
      port: +(url[2] as string) || 443,
      protocol: 'https',
      sslProtocols: ['TLSv1.2'],
    },
  });
}
