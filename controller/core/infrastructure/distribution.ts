/** One distribution per environment. */
import type { EnvironmentSubject } from '../policy/subjects.ts';
import { wantedBehaviours, type WantedBehaviour } from './behaviours.ts';
import type { Facts, LiveBehaviour, Piece } from './facts.ts';
import { bucketId, distributionOutput, HOME_REGION } from './names.ts';
import { composeOriginGroups, composeOrigins } from './origins.ts';
import { idOfEnvironment, isOwnBucket, ownEnvironments, placeOf } from './scope.ts';
import { ALL_VIEWER_EXCEPT_HOST, cacheId, CACHING_DISABLED, HEADERS_ID } from './shared.ts';
import { tagsOfPlace } from './tags.ts';
import { ref } from './template.ts';

const ALL_METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];

export function listDistributionPieces(facts: Facts): readonly Piece[] {
  return ownEnvironments(facts).map((subject) => composeDistribution(facts, subject));
}

/** The certificate of an environment: its own, or that of all others. Without one it has no host names. */
export function certificateOf({ setup }: Pick<Facts, 'setup'>, subject: EnvironmentSubject) {
  return setup.certificates[idOfEnvironment(subject)] ?? setup.certificates['*'];
}

function composeDistribution(facts: Facts, subject: EnvironmentSubject): Piece {
  const { app, environment } = subject;
  const id = idOfEnvironment(subject);
  const certificate = certificateOf(facts, subject);
  const hosts =
    certificate === undefined ? 'its own domain name only' : environment.hosts.join(', ');
  return {
    region: HOME_REGION,
    id: distributionOutput(placeOf(subject)),
    why: `serves ${id} on ${hosts}`,
    resource: {
      Type: 'AWS::CloudFront::Distribution',
      // An origin that isn't there yet may be refused.
      ...(app.region === HOME_REGION &&
        isOwnBucket(facts, app.bucket) && { DependsOn: bucketId(app.bucket) }),
      Properties: {
        DistributionConfig: composeConfig(facts, subject),
        Tags: tagsOfPlace(facts.setup, placeOf(subject)),
      },
    },
  };
}

function composeConfig(facts: Facts, subject: EnvironmentSubject) {
  const { environment } = subject;
  const groups = composeOriginGroups(subject);
  const live = facts.live[idOfEnvironment(subject)] ?? [];
  const behaviours = wantedBehaviours(facts, subject);
  const [fallback, ...others] = [...behaviours.slice(-1), ...behaviours.slice(0, -1)];
  const certificate = certificateOf(facts, subject);
  return {
    Enabled: true,
    Comment: idOfEnvironment(subject),
    HttpVersion: 'http2and3',
    IPV6Enabled: true,
    PriceClass: 'PriceClass_All',
    DefaultRootObject: rootObjectOf(subject, live),
    ...(certificate === undefined
      ? { ViewerCertificate: { CloudFrontDefaultCertificate: true } }
      : {
          Aliases: environment.hosts,
          ViewerCertificate: {
            AcmCertificateArn: certificate,
            SslSupportMethod: 'sni-only',
            MinimumProtocolVersion: 'TLSv1.2_2021',
          },
        }),
    Origins: composeOrigins(facts, subject),
    ...(groups && { OriginGroups: groups }),
    DefaultCacheBehavior: fallback && composeBehaviour(fallback, live),
    CacheBehaviors: others.map((behaviour) => ({
      PathPattern: behaviour.pattern,
      ...composeBehaviour(behaviour, live),
    })),
    // Kept by the edge for no time at all: a file may be there a moment later.
    CustomErrorResponses: [403, 404].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
  };
}

/**
 * Until the functions are there `/` would be a listing of the bucket. Whole origins get `/` as it is, so there it goes
 * once they are.
 */
function rootObjectOf({ app }: EnvironmentSubject, live: readonly LiveBehaviour[]): string {
  const runs = live.some(({ functions, lambdas }) => functions.length + lambdas.length > 0);
  return app.origins !== undefined && runs ? '' : 'index.html';
}

function composeBehaviour(behaviour: WantedBehaviour, live: readonly LiveBehaviour[]) {
  const { pattern, target, cache } = behaviour;
  const running = live.find((one) => one.pattern === pattern);
  const isServer = cache === 'none' || cache === 'origins';
  return {
    TargetOriginId: target,
    ViewerProtocolPolicy: 'redirect-to-https',
    Compress: true,
    CachePolicyId: cache === 'none' ? CACHING_DISABLED : ref(cacheId(cache)),
    ...(isServer && { AllowedMethods: ALL_METHODS, OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST }),
    // An API says itself what its answers are.
    ...(cache !== 'none' && { ResponseHeadersPolicyId: ref(HEADERS_ID) }),
    ...composeAssociations(running),
  };
}

function composeAssociations({ functions = [], lambdas = [] }: Partial<LiveBehaviour> = {}) {
  return {
    ...(functions.length > 0 && {
      FunctionAssociations: functions.map(({ event, arn }) => ({
        EventType: event,
        FunctionARN: arn,
      })),
    }),
    ...(lambdas.length > 0 && {
      LambdaFunctionAssociations: lambdas.map(({ event, arn, includeBody = false }) => ({
        EventType: event,
        LambdaFunctionARN: arn,
        IncludeBody: includeBody,
      })),
    }),
  };
}
