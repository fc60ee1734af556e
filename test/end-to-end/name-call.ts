import type { IncomingMessage } from 'node:http';

/** The IAM action that a request needs, by the name it was signed for: `ssm:GetParameters`. */
export function nameCall({ method = '', url = '/', headers }: IncomingMessage): string {
  const service = /Credential=[^,]*\/([\w-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
  const target = headers['x-amz-target'];
  const call = `${method} ${url}`;
  const named = PATHS.find(([pattern]) => pattern.test(call))?.[1];
  const verb = target === undefined ? (named ?? call) : String(target).replace(/^.*\./, '');
  return `${PREFIXES[service ?? ''] ?? service ?? 'unsigned'}:${verb}`;
}

/** Where the service isn't called in IAM as in signatures. */
const PREFIXES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

const PATHS: readonly (readonly [RegExp, string])[] = [
  [/^GET \/2020-05-31\/distribution\/\w+$/, 'GetDistribution'],
  [/^GET \/2020-05-31\/key-value-store\//, 'DescribeKeyValueStore'],
  [/^GET \/key-value-stores\/[^/]+\/keys\/[^/]+$/, 'GetKey'],
  [/^GET \/key-value-stores\/[^/]+\/keys/, 'ListKeys'],
  [/^POST \/key-value-stores\/[^/]+\/keys/, 'UpdateKeys'],
  [/^GET \/key-value-stores\/[^/]+$/, 'DescribeKeyValueStore'],
  [/^GET .*[?&]list-type=2/, 'ListBucket'],
  [/^(GET|HEAD) \/[^/]+\/.+/, 'GetObject'],
  [/^PUT \/[^/]+\/.+/, 'PutObject'],
];
