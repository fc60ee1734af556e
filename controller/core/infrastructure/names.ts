/** What everything is called. One place, so that roles, deployment and doctor say the same. */
import { createHash } from 'node:crypto';
import type { AlarmName } from '../policy/policy.ts';
import type { Setup } from '../policy/setup.ts';

/** CloudFront, its metrics and the edge's functions are of this region, and IAM is of none. */
export const HOME_REGION = 'us-east-1';

/** The output of the home stack with the regions of the others. */
export const REGIONS_OUTPUT = 'OtherRegions';

export interface Place {
  readonly app: string;
  readonly environment: string;
}

/** Logical id of the distribution, and the output with its id. */
export function distributionOutput({ app, environment }: Place): string {
  return `Distribution${encode(app)}${encode(environment)}`;
}

/** The output with the domain name that CloudFront gave it. */
export function domainOutput({ app, environment }: Place): string {
  return `Domain${encode(app)}${encode(environment)}`;
}

/** Logical id of a group's KeyValueStore, and the output with its ARN. */
export function storeOutput(group: string): string {
  return `Store${encode(group)}`;
}

export function bucketId(bucket: string): string {
  return `Bucket${encode(bucket)}`;
}

export function alarmId({ name }: AlarmName): string {
  return `Alarm${name.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 60)}${digest(name)}`;
}

/** One logical id for a thing of a group, an app or an environment: `idOf('Log', 'prod')`. */
export function idOf(kind: string, ...parts: readonly string[]): string {
  return kind + parts.map(encode).join('');
}

export function fastLaneName({ stack, fastLane }: Setup): string | undefined {
  return fastLane === 'off' ? undefined : `${stack}-fast-lane`;
}

/**
 * The rule of another region that sends events home, and the role that lets it; a role has no region, so its name is
 * enough.
 */
export function forwardName({ stack }: Setup): string {
  return `${stack}-forward`;
}

/** The rule that an environment's alarms wake the fast lane by. */
export function ruleName({ stack }: Setup, place: Place): string {
  return fit(`${stack}-${join(place)}`, RULE_LENGTH);
}

/** The rule that wakes it for all apps of a bucket. */
export function scheduleName({ stack }: Setup, bucket: string): string {
  return fit(`${stack}-schedule-${bucket}`, RULE_LENGTH);
}

/** The alarm on what the canary's visitors report; for people. */
export function canaryAlarmName({ stack }: Setup, place: Place): string {
  return `${stack}-${join(place)}-canary`;
}

export type CacheKind = 'app' | 'pool' | 'origins';

export function cachePolicyName({ stack }: Setup, kind: CacheKind): string {
  return `${stack}-${kind}`;
}

export function headersPolicyName({ stack }: Setup): string {
  return `${stack}-headers`;
}

export function controlName({ stack }: Setup): string {
  return `${stack}-builds`;
}

/** `shop-prod`; with a dot where a dash could be either's: `shop-admin.prod` isn't `shop.admin-prod`. */
function join({ app, environment }: Place): string {
  const isPlain = !`${app}${environment}`.includes('-');
  return isPlain ? `${app}-${environment}` : `${app}.${environment}`;
}

/** EventBridge's limit. */
const RULE_LENGTH = 64;

function fit(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, length - 9)}-${digest(name)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/**
 * Logical ids have letters and digits only, and `shop-a/b` may not be `shop/a-b`. So an X is a dash, a Y a dot, any
 * other capital the start of a name; a name that starts with one of these or with a digit gets a Z ahead.
 * Worked examples: `shop` is Shop, `shop-admin` ShopXadmin, `x1` Zx1.
 */
function encode(name: string): string {
  const rest = name.slice(1).replaceAll('-', 'X').replaceAll('.', 'Y');
  const first = name.slice(0, 1);
  return /[xyz\d]/.test(first) ? `Z${first}${rest}` : first.toUpperCase() + rest;
}
