import {
  GOLDEN_HOST,
  BUILD_HEADER,
  BUILD_METADATA,
  type Floor,
} from '../../../edge/contract/route.ts';
import type { EdgeFeature } from '../../../edge/contract/features.ts';

/** What Lambda@Edge code must do before visitors get it, in events of its own shape. */
export interface LambdaGoldenCase {
  readonly name: string;
  readonly event: unknown;
  /** What is wrong with what the handler returned; undefined: nothing. */
  readonly check: (output: unknown) => string | undefined;
}

/**
 * The row of the reserved host. No app can be called that, so its route can't be read, and the floor
 * answers: nearly all of the code runs, whatever is released.
 */
export function goldenFloor(region: string, bucket: string): Floor {
  return ['Golden', 'golden', region, 'stable', 1, bucket];
}

type Values = Readonly<Record<string, string>>;

const NAVIGATION: Values = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

const BASIC: readonly LambdaGoldenCase[] = [
  viewerCase('a navigation gets the SPA fallback of the floor', '/any/page', NAVIGATION, [
    '"uri":"/Golden/builds/stable/index.html"',
  ]),
  viewerCase(
    'a file can leave neither the app nor the build',
    '/../x/%2e%2e/a+b.json',
    { cookie: 'hg_build=../other' },
    ['"uri":"/Golden/builds/stable/a%2Bb.json"'],
  ),
  viewerCase('a bad path is refused', '/a%5cb', {}, ['"status":"400"', 'no-store']),
  viewerCase('a reserved path does not exist', '/_headgate/unknown', {}, ['"status":"404"']),
  viewerCase('an unknown host is asked to come back', '/', { host: `missing.${GOLDEN_HOST}` }, [
    '"status":"503"',
    'retry-after',
    'no-store',
  ]),
  {
    name: 'a build comes from where the distribution says',
    event: makeEvent('origin-request', '/Golden/builds/stable/a.json', {
      [BUILD_HEADER]: 'stable',
    }),
    check: expect(['"uri":"/Golden/builds/stable/a.json"']),
  },
  {
    name: 'a document sets both cookies and names its build',
    event: responseEvent(),
    check: expect(['hg_build=stable', 'hg_slot=', `"${BUILD_HEADER}":`]),
  },
];

/** On top of the others, for code that has the feature. */
const BY_FEATURE: Readonly<Partial<Record<EdgeFeature, LambdaGoldenCase>>> = {
  origins: {
    name: 'a whole origin is asked for its own host',
    event: makeEvent('origin-request', '/page', {
      [BUILD_HEADER]: 'green https://origin.invalid/v2',
    }),
    check: expect(['"domainName":"origin.invalid"', '"path":"/v2"']),
  },
};

/** The team's own code doesn't meet the reserved host: here, where it does, it must not fail. */
const WITH_BEFORE = viewerCase(
  'a host without a route is answered',
  '/',
  { host: 'www.example.com' },
  ['"'],
);

export function lambdaGoldenCases(features: readonly EdgeFeature[]): readonly LambdaGoldenCase[] {
  return [...BASIC, WITH_BEFORE, ...features.flatMap((feature) => BY_FEATURE[feature] ?? [])];
}

/** `parts` must all be in what is returned, as JSON. */
// oxlint-disable-next-line max-params -- a table of cases reads better without names
function viewerCase(
  name: string,
  uri: string,
  headers: Values,
  parts: readonly string[],
): LambdaGoldenCase {
  return { name, event: makeEvent('viewer-request', uri, headers), check: expect(parts) };
}

function expect(parts: readonly string[]): LambdaGoldenCase['check'] {
  return (output) => {
    const text = JSON.stringify(output) ?? 'nothing';
    const missing = parts.filter((part) => !text.includes(part));
    return missing.length > 0 ? `expected ${missing.join(' and ')} in ${text}` : undefined;
  };
}

function makeEvent(eventType: string, uri: string, headers: Values) {
  const config = {
    distributionDomainName: 'golden.cloudfront.net',
    distributionId: 'GOLDEN',
    eventType,
    requestId: 'golden',
  };
  const all = { host: GOLDEN_HOST, ...headers };
  const request = {
    clientIp: '192.0.2.1',
    method: 'GET',
    uri,
    querystring: '',
    headers: toHeaders(all),
  };
  return { Records: [{ cf: { config, request } }] };
}

function responseEvent() {
  const { Records } = makeEvent('viewer-response', '/', NAVIGATION);
  const headers = toHeaders({
    'content-type': 'text/html',
    [`x-amz-meta-${BUILD_METADATA}`]: 'stable',
  });
  const response = { status: '200', statusDescription: 'OK', headers };
  return { Records: Records.map(({ cf }) => ({ cf: { ...cf, response } })) };
}

function toHeaders(values: Values) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, [{ key: name, value }]]),
  );
}
