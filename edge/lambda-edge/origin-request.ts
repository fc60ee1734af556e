import { BUILD_HEADER } from '../contract/route.ts';
import type { Served } from '../core/decide.ts';
import type { LambdaRequest } from './event.ts';
import { readHeader, setHeader } from './translate.ts';

/**
 * What viewer-request tells the other triggers in BUILD_HEADER: the build's name, and behind a space the
 * URL of a whole origin, so that origin-request, which runs elsewhere, need not read the route.
 */
export function nameTarget({ build, origin }: Served): string | undefined {
  return build === undefined || origin === undefined ? build : `${build} ${origin}`;
}

/** The name in what `nameTarget` made. */
export function readName(target: string): string {
  return target.split(' ')[0] ?? '';
}

/** Sends a request for a whole origin there. All others go where the distribution sends them. */
export function chooseOrigin(request: LambdaRequest): LambdaRequest {
  const { headers } = request;
  const [name = '', target] = readHeader(headers, BUILD_HEADER).split(' ');
  if (target === undefined) return request;
  const { protocol, hostname, port, pathname } = new URL(target);
  const isHttp = protocol === 'http:';
  request.origin = {
    custom: {
      domainName: hostname,
      port: Number(port) || (isHttp ? 80 : 443),
      protocol: isHttp ? 'http' : 'https',
      path: pathname.replace(/\/$/, ''),
      sslProtocols: ['TLSv1.2'],
      readTimeout: 30,
      keepaliveTimeout: 5,
      customHeaders: {},
    },
  };
  setHeader(headers, 'host', hostname);
  setHeader(headers, BUILD_HEADER, name);
  return request;
}
