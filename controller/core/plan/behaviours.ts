import type { AppPolicy, EdgeGroup, EnvironmentPolicy } from '../policy/policy.ts';
import { keys } from '../state/keys.ts';
import type { Caching } from './caching.ts';
import type { Associate } from './change.ts';
import { isBelowOldPath, isBucket, withoutReplaced } from './replaced.ts';
import type { SecondOrigin } from './trust.ts';

/** One cache behaviour of a distribution, in our words. */
export interface Behaviour {
  /** CloudFront path pattern as configured; `*` for the default behaviour. */
  readonly pattern: string;
  readonly originDomain: string;
  /** '' or a path with a leading and no trailing slash. */
  readonly originPath: string;
  /** Where it is an origin group. */
  readonly second?: SecondOrigin;
  /** Those that it allows. */
  readonly methods: readonly string[];
  /** Read with `caching` only. */
  readonly caching?: Caching;
  readonly viewerRequestArn: string | undefined;
  readonly viewerResponseArn: string | undefined;
  readonly lambdas: readonly LambdaAssociation[];
}

/** A numbered version of a Lambda@Edge function on one event; on a viewer event it excludes functions. */
export interface LambdaAssociation {
  readonly event: string;
  readonly arn: string;
  /** The function gets the request's body. */
  readonly includeBody?: true;
}

/** One of a distribution's custom error responses. */
export interface ErrorPage {
  /** Of the origin's answer. */
  readonly code: number;
  /** Path of what is answered instead; undefined: the error itself. */
  readonly page: string | undefined;
  /** Status that it is answered with; undefined: `code`. */
  readonly status: number | undefined;
  readonly cachingSeconds: number;
}

export interface Distribution {
  readonly id: string;
  /** The distribution's own domain name, lower case. */
  readonly domain: string;
  readonly aliases: readonly string[];
  readonly enabled: boolean;
  readonly status: 'Deployed' | 'InProgress';
  readonly originIds: readonly string[];
  /** What CloudFront asks origins for in the place of `/`; '': `/`. Read with `caching` only. */
  readonly rootObject: string;
  /** What it does about errors of origins; read with `caching` only. */
  readonly errorPages?: readonly ErrorPage[];
  /** In the order CloudFront matches them; the default is last. */
  readonly behaviours: readonly Behaviour[];
  readonly revision: string;
}

/** What a distribution is held against. */
export interface DistributionSubject {
  readonly app: AppPolicy;
  readonly environment: EnvironmentPolicy;
  readonly group: Pick<EdgeGroup, 'runtime'>;
}

export function requestFunctionName(group: string): string {
  return `headgate-${group}-request`;
}

export function responseFunctionName(group: string): string {
  return `headgate-${group}-response`;
}

/** The associations that are missing; undefined: all are there, or Lambda@Edge runs here. */
export function planAssociations(
  distribution: Distribution,
  subject: DistributionSubject,
): Associate | undefined {
  if (subject.group.runtime !== 'cloudfront-functions') return undefined;
  const { group } = subject.environment.edge;
  const requestFunction = requestFunctionName(group);
  const responseFunction = responseFunctionName(group);
  const { adopted } = subject.environment;
  const below = patternsBelowOldPath(distribution, subject);
  const patterns = servedBehaviours(withoutReplaced(distribution, subject), subject.app)
    .filter(
      ({ pattern, viewerRequestArn, viewerResponseArn }) =>
        viewerRequestArn === undefined ||
        viewerResponseArn === undefined ||
        below.includes(pattern),
    )
    .map((behaviour) => behaviour.pattern);
  if (patterns.length === 0) return undefined;
  return {
    kind: 'associate',
    distribution: distribution.id,
    patterns,
    requestFunction,
    responseFunction,
    ...(adopted?.replaces && { replaces: adopted.replaces }),
    ...(adopted?.originPath !== undefined && { originPath: adopted.originPath }),
  };
}

/** Behaviours that still have the origin path of the earlier set-up: with our functions it would stand in front of the build's. */
export function patternsBelowOldPath(
  { behaviours }: Distribution,
  subject: Pick<DistributionSubject, 'app' | 'environment'>,
): readonly string[] {
  return behaviours.filter((one) => isBelowOldPath(one, subject)).map(({ pattern }) => pattern);
}

export function isOurs(arn: string | undefined, name: string): boolean {
  return arn === undefined || arn.endsWith(`:function/${name}`);
}

/** Behaviours that must run the functions: the bucket as a whole is their origin. */
export function servedBehaviours(distribution: Distribution, app: AppPolicy): readonly Behaviour[] {
  return distribution.behaviours.filter(
    (behaviour) => isBucket(behaviour, app) && behaviour.originPath === '',
  );
}

/** Behaviours that serve the app's pool; their patterns with a leading slash. */
export function pooledBehaviours(distribution: Distribution, app: AppPolicy): readonly Behaviour[] {
  const path = `/${keys.pool(app.app)}`.slice(0, -1);
  return distribution.behaviours
    .filter((behaviour) => isBucket(behaviour, app) && behaviour.originPath === path)
    .map((behaviour) => ({ ...behaviour, pattern: normalise(behaviour.pattern) }));
}

/** CloudFront takes patterns with and without the leading slash; they mean the same. */
export function normalise(pattern: string): string {
  return pattern === '*' || pattern.startsWith('/') ? pattern : `/${pattern}`;
}
