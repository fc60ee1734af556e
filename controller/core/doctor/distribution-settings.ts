/** Of a distribution, what a plan doesn't look at: keys, errors, headers, TLS, how the bucket is asked. */
import { isBucket } from '../plan/replaced.ts';
import type { AppPolicy } from '../policy/policy.ts';

export interface DistributionSettings {
  readonly arn: string;
  readonly behaviours: readonly BehaviourSettings[];
  readonly errors: readonly ErrorSetting[];
  /** Ids of origin access identities, which came before origin access control. */
  readonly identities: readonly string[];
  readonly front: FrontSettings;
}

/** How visitors reach it. */
export interface FrontSettings {
  /** `http2and3`. */
  readonly http: string;
  readonly isIpv6: boolean;
  /** What `/` asks the origin for; '': the root itself. */
  readonly rootObject: string;
  /** undefined: CloudFront's own. */
  readonly certificate: { readonly protocol: string; readonly support: string } | undefined;
}

export interface BehaviourSettings {
  readonly pattern: string;
  readonly originDomain: string;
  /** It asks the bucket as somebody: by origin access control, or by an identity. undefined: the origin is no bucket. */
  readonly signs: boolean | undefined;
  /** undefined: it has none. */
  readonly control: AccessControl | undefined;
  readonly allowsPlainHttp: boolean;
  readonly compresses: boolean;
  /** Of its response headers policy: `StrictTransportSecurity`. */
  readonly securityHeaders: readonly string[];
  readonly key: CacheKey;
  /** What the response headers policy does to Cache-Control; undefined: nothing. */
  readonly cacheControl: { readonly value: string; readonly overrides: boolean } | undefined;
}

/** An origin access control. */
export interface AccessControl {
  readonly name: string;
  /** `s3`. */
  readonly kind: string;
  /** `always`, `never`, `no-override`. */
  readonly signing: string;
}

export interface CacheKey {
  /** Name of the cache policy, or `legacy settings`. */
  readonly name: string;
  readonly minimum: number;
  /** 0: nothing is cached. */
  readonly maximum: number;
  readonly cookies: boolean;
  readonly queryStrings: boolean;
  readonly headers: readonly string[];
  /** CloudFront compresses nothing where neither gzip nor Brotli is in the key (documented). */
  readonly hasEncodings: boolean;
}

export interface ErrorSetting {
  readonly status: number;
  readonly seconds: number;
  /** What visitors get in its place. */
  readonly page: string | undefined;
}

/** Behaviours that ask the app's bucket, in whatever folder; other buckets and servers are a team's own. */
export function ofBucket(
  settings: DistributionSettings | undefined,
  app: Pick<AppPolicy, 'bucket'>,
): readonly BehaviourSettings[] {
  return (settings?.behaviours ?? []).filter(
    (one) => one.signs !== undefined && isBucket(one, app),
  );
}
