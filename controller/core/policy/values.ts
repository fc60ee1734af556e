/**
 * The values of a policy: how each is written, what it means, and what a message says of it.
 * `expects` completes "... is not <expects>"; the first of `examples` is shown with every issue.
 */
import { z } from 'zod';
import { BUILD_PATTERN } from '../state/build.ts';

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

function text(pattern: RegExp, expects: string, example: string): z.ZodString {
  return z
    .string()
    .regex(pattern)
    .meta({ expects, examples: [example] });
}

export function sentence(max: number, expects: string, example: string): z.ZodString {
  const meta = { expects: `${expects} of 1 to ${max} characters`, examples: [example] };
  return z.string().min(1).max(max).meta(meta);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `1.5m` is 90. Takes what `duration` takes. */
export function parseSeconds(written: string): number {
  return Number(written.slice(0, -1)) * (SECONDS[written.slice(-1)] ?? Number.NaN);
}

/** `0.5%` is 50. Takes what `weight` takes. */
export function parseBasisPoints(written: string): number {
  // 1.15 * 100 is 114.99999999999999.
  return Math.round(Number(written.slice(0, -1)) * 100);
}
