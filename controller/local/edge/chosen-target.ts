import { isIP } from 'node:net';
import { FAILOVER_CODES } from '../cloudfront/origin-groups.ts';
import type { EventRequest } from '../function-runtime/event.ts';
import { isDisallowedHeader } from '../function-runtime/header-rules.ts';
import type {
  OriginChange,
  OriginOverrides,
  OriginProperties,
  SelectedOrigin,
} from '../function-runtime/origin-change.ts';
import { InvalidOutput } from '../function-runtime/output.ts';
import type { EdgeBehaviour, EdgeDistribution, Origin, Target } from './configuration.ts';
import { S3_DOMAIN } from './origin.ts';

/**
 * Who is asked after a viewer-request function changed the origin. What it didn't say stays as it is
 * configured. Throws InvalidOutput for values that CloudFront can't use.
 */
export function chooseTarget(
  { origins }: Pick<EdgeDistribution, 'origins'>,
  { target }: Pick<EdgeBehaviour, 'target'>,
  { change, request }: { readonly change: OriginChange; readonly request: EventRequest },
): Target {
  const find = ({ id, overrides }: SelectedOrigin) => {
    const origin = origins.get(id);
    if (origin === undefined) throw new InvalidOutput(`there is no origin ${id}`);
    return override(origin, overrides);
  };
  switch (change.kind) {
    case 'update':
      // Of a group, only the primary origin changes.
      return { ...target, primary: update(target.primary, change.properties, request) };
    case 'select':
      return { primary: find(change.origin), failoverCodes: new Set() };
    case 'group': {
      const [primary, secondary] = change.members;
      const odd = change.statusCodes.find((code) => !FAILOVER_CODES.includes(code));
      check(odd === undefined, `failoverCriteria.statusCodes: ${odd}`);
      const failoverCodes = new Set(change.statusCodes);
      return { primary: find(primary), secondary: find(secondary), failoverCodes };
    }
  }
}

function update(before: Origin, wanted: OriginProperties, request: EventRequest): Origin {
  checkRanges(wanted);
  const { domainName, originPath, customHeaders, customOriginConfig: connection } = wanted;
  if (domainName !== undefined) checkDomain(domainName);
  check(originPath === undefined || isPath(originPath), `originPath: ${originPath}`);
  checkCustomHeaders(customHeaders ?? {}, request);
  const origin: Origin = {
    ...before,
    domain: domainName ?? before.domain,
    path: originPath ?? before.path,
    headers: customHeaders ?? before.headers,
    ...(connection && { protocol: connection.protocol, port: readPort(connection.port) }),
    readSeconds: wanted.timeouts?.readTimeout ?? before.readSeconds,
    // A new domain is asked by its own name, whatever the cache policy forwards.
    hostHeader: domainName ?? before.hostHeader,
  };
  return override(withAccess(origin, wanted), wanted);
}

function withAccess(
  origin: Origin,
  { originAccessControlConfig: access }: OriginProperties,
): Origin {
  if (access === undefined) {
    check(!origin.isSigned || isBucket(origin), 'originAccessControlConfig: of a bucket');
    return origin;
  }
  if (!access.enabled) return { ...origin, isSigned: false };
  check((access.originType === 's3') === isBucket(origin), `originType: ${access.originType}`);
  return { ...origin, isSigned: access.signingBehavior !== 'never' };
}

function checkCustomHeaders(
  headers: Readonly<Record<string, string>>,
  request: EventRequest,
): void {
  for (const [name, value] of Object.entries(headers)) {
    const isName = name === name.toLowerCase() && !isDisallowedHeader(name);
    check(isName && !/[\r\n]/.test(value), `customHeaders: ${name}`);
    check(!Object.hasOwn(request.headers, name), `customHeaders: the request has ${name}`);
  }
}

function override(
  origin: Origin,
  { hostHeader, sni, allowedCertificateNames }: OriginOverrides,
): Origin {
  const wanted = [hostHeader, sni].filter((name) => name !== undefined);
  for (const name of wanted) checkName(name);
  const names = allowedCertificateNames ?? [];
  const areNames = names.length <= 20 && names.every((name) => name.length <= 64);
  check(areNames, 'allowedCertificateNames: at most 20, of 64 characters each');
  check(wanted.length === 0 || !isBucket(origin), 'hostHeader and sni are for custom origins');
  return hostHeader === undefined ? origin : { ...origin, hostHeader };
}

function isBucket({ domain }: Origin): boolean {
  return S3_DOMAIN.test(domain);
}

function checkDomain(name: string): void {
  if (!S3_DOMAIN.test(name)) checkName(name);
  else check(name.length <= 128 && name === name.toLowerCase(), `domainName: ${name}`);
}

function checkName(name: string): void {
  check(/^[\w.-]{1,253}$/.test(name) && isIP(name) === 0, `no DNS name: ${JSON.stringify(name)}`);
}

function isPath(path: string): boolean {
  return path === '' || (path.length <= 255 && /^\/[!-~]*$/.test(path) && !path.endsWith('/'));
}

function readPort(written: number | string): number {
  const port = Number(written);
  const isKnown = port === 80 || port === 443 || (port >= 1024 && port <= 65_535);
  check(isKnown && Number.isInteger(port), `customOriginConfig.port: ${written}`);
  return port;
}

function checkRanges({ connectionAttempts, timeouts = {} }: OriginProperties): void {
  const { readTimeout, responseCompletionTimeout, keepAliveTimeout, connectionTimeout } = timeouts;
  const ranges = [
    ['connectionAttempts', connectionAttempts, 3],
    ['timeouts.readTimeout', readTimeout, 120],
    ['timeouts.keepAliveTimeout', keepAliveTimeout, 120],
    ['timeouts.connectionTimeout', connectionTimeout, 10],
  ] as const;
  for (const [name, value = 1, most] of ranges) {
    check(value >= 1 && value <= most, `${name}: ${value} is not from 1 to ${most}`);
  }
  check((responseCompletionTimeout ?? Infinity) >= (readTimeout ?? 0), 'responseCompletionTimeout');
}

function check(isValid: boolean, what: string): void {
  if (!isValid) throw new InvalidOutput(`invalid value for origin rewrite: ${what}`);
}
