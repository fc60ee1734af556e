/**
 * The values of a policy: how each is written, what it means, and what a message says of it.
 * `expects` completes "... is not <expects>"; the first of `examples` is shown with every issue.
 */
import * as z from 'zod';
import { BUILD_PATTERN } from '../state/build.ts';
import { text } from './text.ts';

export const apiVersion = z.literal('headgate/v1').meta({
  description: 'Version of this file format.',
  expects: 'headgate/v1',
  examples: ['headgate/v1'],
});

// `edge` would share its place in a bucket with archived edge code.
export const appName = text(
  /^(?!edge$)[a-z0-9][a-z0-9-]{0,31}$/,
  'an app name (1 to 32 of a-z, 0-9, "-", not "edge")',
  'shop',
);

export const environmentName = text(
  /^[a-z0-9][a-z0-9-]{0,31}$/,
  'an environment name (1 to 32 of a-z, 0-9, "-")',
  'prod',
);

export const memberName = text(
  /^(?!edge\/)[a-z0-9][a-z0-9-]{0,31}\/[a-z0-9][a-z0-9-]{0,31}$/,
  'the name of an environment with its app before it',
  'shop/prod',
);

// A letter first: JavaScript moves keys like `2` to the front, and the order of groups counts.
export const groupName = text(
  /^[a-z][a-z0-9-]{0,31}$/,
  'a group name (a letter, then up to 31 of a-z, 0-9, "-")',
  'prod',
);

export const build = text(
  BUILD_PATTERN,
  'a build number (1 to 64 of letters, digits, ".", "_", "-"; a letter or digit first; not "off")',
  '1043',
);

export const bucket = text(
  /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'a bucket name (3 to 63 of a-z, 0-9, "-", ".")',
  'acme-web-builds',
);

export const region = text(
  /^[a-z]{2}(-[a-z]+){1,2}-\d{1,2}$/,
  'an AWS region such as us-east-1',
  'us-east-1',
);

export const storeName = text(
  /^[A-Za-z0-9_-]{1,64}$/,
  'a KeyValueStore name (1 to 64 of letters, digits, "_", "-")',
  'headgate-prod',
);

export const roleArn = text(
  /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
  'the ARN of an IAM role',
  'arn:aws:iam::111122223333:role/headgate-edge',
);

export const tableName = text(
  /^[A-Za-z0-9_.-]{3,255}$/,
  'a DynamoDB table name (3 to 255 of letters, digits, "_", "-", ".")',
  'sessions',
);

export const attributeName = text(
  /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
  'an attribute name (a letter or "_", then up to 63 of letters, digits, "_")',
  'token',
);

// Of 5 seconds that a function has, a request may not lose one to a table.
export const timeout = text(/^[1-9]\d{1,2}ms$/, 'a time of 10ms to 999ms', '100ms');

export const code = text(
  /^(auto|[0-9a-f]{16})$/,
  'auto or the hash of archived edge code (16 of 0-9, a-f)',
  'auto',
);

// Beside the policies, so that a review of the policies sees it.
export const viewerFile = text(
  /^\.(\/(?!\.)[A-Za-z0-9._-]+)+\.js$/,
  'a JavaScript file beside this one or below (starts with "./", ends with ".js", no "..")',
  './viewer.js',
);

export const distribution = text(
  /^[A-Z0-9]{8,20}$/,
  'a CloudFront distribution id (8 to 20 of A-Z, 0-9)',
  'E2QWRUHAPOMQZL',
);

export const host = text(
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'a host name (lower case, with a dot; no wildcard, port or scheme)',
  'shop.example.com',
);

// The characters CloudFront takes; all are ASCII, so in a route each is one byte.
export const pathPattern = text(
  /^(?!.*\.\.)\/[A-Za-z0-9_.*?$/~"'@:+&-]{0,254}$/,
  'a CloudFront path pattern (starts with "/", no "..", at most 255 characters)',
  '/assets/*',
);

// Fractions are for stories told faster than in life.
export const duration = text(
  /^\d{1,5}(\.\d{1,9})?[smhd]$/,
  'a duration (a number and s, m, h or d)',
  '10m',
);

export const positiveDuration = text(
  /^(?!0+(\.0+)?[smhd]$)\d{1,5}(\.\d{1,9})?[smhd]$/,
  'a duration above zero (a number and s, m, h or d)',
  '10m',
);

// Never 100%: after the last step everyone gets the build.
export const weight = text(
  /^(?!0(\.0+)?%$)(0|[1-9]\d?)(\.\d{1,2})?%$/,
  'a share of visitors from 0.01% to 99.99% (at most two decimals; after the last step everyone gets the build)',
  '5%',
);

export const share = text(
  /^(100|(0|[1-9]\d?)(\.\d{1,2})?)%$/,
  'a share of visitors from 0% to 100% (at most two decimals)',
  '40%',
);

export const cohortName = text(
  /^[a-z0-9][a-z0-9-]{0,31}$/,
  'a name (1 to 32 of a-z, 0-9, "-")',
  'staff',
);

export const cookieName = text(
  /^[A-Za-z0-9._-]{1,64}$/,
  'a cookie name (1 to 64 of letters, digits, ".", "_", "-")',
  'staff',
);

// What RFC 6265 lets a value hold without quotes.
export const cookieValue = text(
  /^[!#-+\--:<-[\]-~]{1,128}$/,
  'a cookie value (1 to 128 characters, no space, quote, comma, semicolon or backslash)',
  'web',
);

export const headerName = text(
  /^[A-Za-z0-9-]{1,64}$/,
  'a header name (1 to 64 of letters, digits, "-")',
  'x-probe',
);

export const headerValue = text(
  /^[!-~]([ -~]{0,126}[!-~])?$/,
  'a header value (1 to 128 characters of ASCII, no space at the ends)',
  'web',
);

export const country = text(
  /^[A-Z]{2}$/,
  'a country as CloudFront-Viewer-Country says it (two capital letters)',
  'DE',
);

// A prefix without its separator would be wrong for its neighbours: `10.1` is the start of `10.10.0.1`.
export const address = text(
  /^(?=.{2,45}$)(\d{1,3}(\.\d{1,3}){3}|(\d{1,3}\.){1,3}|([0-9a-f]{1,4}:){1,7}([0-9a-f]{1,4})?|[0-9a-f:]*::[0-9a-f:]*)$/,
  'an IPv4 or IPv6 address in lower case, or its first part with the separator (203.0.113. or 2001:db8:)',
  '203.0.113.',
);

export const pagePath = text(
  /^(?!.*\/\.{0,2}\/)(\/[A-Za-z0-9_.~-]+)+\.html$/,
  'an HTML file below the pages of the app (starts with "/", no "..", ends with ".html")',
  '/waiting/index.html',
);

// `pr-` is of builds of untrusted refs.
export const originName = text(
  /^(?!off$|pr-)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  'an origin name (1 to 64 of letters, digits, ".", "_", "-"; a letter or digit first; not "off", not "pr-...")',
  'blue',
);

export const originId = text(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
  'the id of an origin (1 to 128 of letters, digits, ".", "_", "-"; a letter or digit first)',
  'blue-app',
);

// What CloudFront takes as a custom origin: no address, only these ports. In the clear only by id: then it
// was somebody's choice in the distribution.
export const originUrl = text(
  new RegExp(
    '^https://(?=[^/:]{1,253}([:/]|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?' +
      '(:(80|443|102[4-9]|10[3-9]\\d|1[1-9]\\d\\d|[2-9]\\d{3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]))?' +
      '(?!.{256})(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)*$',
  ),
  'the URL of a server (https, a host name in lower case, maybe a port (80, 443, 1024 to 65535) and a path; no user, query, fragment or slash at the end)',
  'https://green.example.com',
);

export const time = text(
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?Z$/,
  'an ISO 8601 time in UTC',
  '2026-12-01T10:00Z',
);

export function sentence(max: number, expects: string, example: string): z.ZodString {
  const meta = { expects: `${expects} of 1 to ${max} characters`, examples: [example] };
  return z.string().min(1).max(max).meta(meta);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `1.5m` is 90. Takes what `duration` takes. */
export function parseSeconds(written: string): number {
  return Number(written.slice(0, -1)) * (SECONDS[written.slice(-1)] ?? Number.NaN);
}

/** Where tokens and cookies carry it: they count in whole seconds. */
export function wholeSeconds(written: string): number {
  return Math.ceil(parseSeconds(written));
}

/** `0.5%` is 50. Takes what `weight` takes. */
export function parseBasisPoints(written: string): number {
  // 1.15 * 100 is 114.99999999999999.
  return Math.round(Number(written.slice(0, -1)) * 100);
}
