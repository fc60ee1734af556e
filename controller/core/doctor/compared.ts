/** What the doctor does about each line of `bootstrap --outputs-only`: the one list, which both print from. */
import type { FindingId } from './catalogue.ts';

/** By which findings it says that a line differs; or, in words, why it looks at none. */
type Row = readonly FindingId[] | string;

const NAME = 'any name will do';
const TEXT = 'a text for people';

const BEHAVIOUR = {
  TargetOriginId: ['behaviours-differ', 'pool-differs', 'api-missing'],
  ViewerProtocolPolicy: ['plain-http'],
  Compress: ['not-compressed'],
  CachePolicyId: ['cookies-in-key', 'query-in-key', 'headers-in-key', 'no-minimum', 'api-cached'],
  AllowedMethods: ['methods-missing'],
  OriginRequestPolicyId: 'what a server needs of a request is its own matter',
  ResponseHeadersPolicyId: ['no-store-missing', 'security-headers'],
} as const satisfies Readonly<Record<string, Row>>;

/** Of CloudFormation's types, by path; a row stands for all below its path that has no row of its own. */
export const COMPARED: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  'AWS::S3::Bucket': {
    BucketName: ['bucket-missing'],
    PublicAccessBlockConfiguration: ['public-access-open'],
    OwnershipControls: ['bucket-acls'],
    BucketEncryption: ['bucket-kms'],
    LifecycleConfiguration: ['uploads-kept', 'lifecycle-expires', 'lifecycle-archives'],
  },
  'AWS::S3::BucketPolicy': {
    Bucket: ['read-missing'],
    PolicyDocument: [
      'read-missing',
      'list-missing',
      'private-readable',
      'untrusted-readable',
      'overwrite-allowed',
    ],
    'PolicyDocument.Version': 'both versions mean the same here',
    'PolicyDocument.Statement[].Sid': NAME,
  },
  'AWS::CloudFront::OriginAccessControl': {
    'OriginAccessControlConfig.Name': NAME,
    'OriginAccessControlConfig.Description': TEXT,
    'OriginAccessControlConfig.OriginAccessControlOriginType': ['control-unfit'],
    'OriginAccessControlConfig.SigningBehavior': ['control-unfit', 'control-yields'],
    'OriginAccessControlConfig.SigningProtocol': 'there is one alone',
  },
  'AWS::CloudFront::CachePolicy': {
    'CachePolicyConfig.Name': NAME,
    'CachePolicyConfig.Comment': TEXT,
    'CachePolicyConfig.MinTTL': ['no-minimum', 'plan-refuses'],
    'CachePolicyConfig.DefaultTTL': 'every file of a build says itself how long it is kept',
    'CachePolicyConfig.MaxTTL': ['maximum-short'],
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin': [
      'cookies-in-key',
      'query-in-key',
      'headers-in-key',
      'plan-refuses',
    ],
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingGzip': [
      'not-compressed',
    ],
    'CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.EnableAcceptEncodingBrotli': [
      'not-compressed',
    ],
  },
  'AWS::CloudFront::ResponseHeadersPolicy': {
    'ResponseHeadersPolicyConfig.Name': NAME,
    'ResponseHeadersPolicyConfig.Comment': TEXT,
    'ResponseHeadersPolicyConfig.CustomHeadersConfig': [
      'no-store-missing',
      'cache-control-overridden',
    ],
    'ResponseHeadersPolicyConfig.SecurityHeadersConfig': ['security-headers'],
  },
  'AWS::CloudFront::Distribution': {
    'DistributionConfig.Enabled': ['distribution-disabled'],
    'DistributionConfig.Comment': TEXT,
    'DistributionConfig.HttpVersion': ['versions-off'],
    'DistributionConfig.IPV6Enabled': ['versions-off'],
    'DistributionConfig.PriceClass': 'a matter of price',
    'DistributionConfig.DefaultRootObject': ['root-listed'],
    'DistributionConfig.Aliases': ['host-missing', 'hosts-waiting'],
    'DistributionConfig.ViewerCertificate.AcmCertificateArn': [
      'certificate-other',
      'certificate-expires',
    ],
    'DistributionConfig.ViewerCertificate.SslSupportMethod': ['tls-dedicated'],
    'DistributionConfig.ViewerCertificate.MinimumProtocolVersion': ['tls-old'],
    'DistributionConfig.ViewerCertificate.CloudFrontDefaultCertificate': ['hosts-waiting'],
    'DistributionConfig.Origins[]': ['behaviours-differ', 'pool-differs', 'untrusted-reachable'],
    'DistributionConfig.Origins[].Id': NAME,
    'DistributionConfig.Origins[].OriginAccessControlId': ['origin-unsigned'],
    'DistributionConfig.Origins[].CustomOriginConfig': 'how a server is asked is its own matter',
    'DistributionConfig.OriginGroups': ['untrusted-reachable'],
    'DistributionConfig.OriginGroups.Items[].Id': NAME,
    ...below('DistributionConfig.DefaultCacheBehavior', BEHAVIOUR),
    ...below('DistributionConfig.CacheBehaviors[]', BEHAVIOUR),
    'DistributionConfig.CacheBehaviors[].PathPattern': ['pool-differs', 'api-missing'],
    'DistributionConfig.CustomErrorResponses': ['errors-cached', 'errors-rewritten'],
  },
  'AWS::CloudFront::KeyValueStore': { Name: ['unreadable', 'function-store'], Comment: TEXT },
  'AWS::DynamoDB::GlobalTable': {
    '': 'Headgate has no client of DynamoDB: the function alone reads it',
  },
  'AWS::Logs::LogGroup': { LogGroupName: ['log-unlimited'], RetentionInDays: ['log-unlimited'] },
  'AWS::Logs::MetricFilter': {
    FilterName: ['metric-filter-missing'],
    LogGroupName: ['metric-filter-missing'],
    FilterPattern: 'it is looked for by its name',
    MetricTransformations: 'it is looked for by its name',
  },
  'AWS::CloudWatch::Alarm': {
    '': 'what an alarm watches, and from where on, is yours to say',
    AlarmName: ['alarm-missing'],
  },
  'AWS::Lambda::Function': {
    FunctionName: ['lane-missing'],
    Description: TEXT,
    Role: 'what its role may do is not simulated',
    Code: ['lane-placeholder', 'lane-old'],
    Runtime: ['lane-differs'],
    Handler: ['lane-differs'],
    Timeout: ['lane-differs'],
    MemorySize: ['lane-differs'],
    Environment: ['lane-differs'],
  },
  'AWS::Lambda::Permission': { '': ['lane-uninvokable'] },
  'AWS::Events::Rule': {
    Name: ['alarm-undelivered', 'schedule-missing'],
    Description: TEXT,
    EventPattern: ['alarm-undelivered', 'test-event-unmatched'],
    ScheduleExpression: ['schedule-missing'],
    State: ['rule-disabled'],
    Targets: ['rule-without-target', 'rule-other-target', 'alarm-undelivered'],
    'Targets[].RoleArn': ['role-unguarded', 'role-unseen', 'role-missing'],
  },
};

function below(path: string, rows: Readonly<Record<string, Row>>): Readonly<Record<string, Row>> {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [`${path}.${name}`, row]));
}

/** Why the doctor doesn't look at a line, by its path without places in lists. undefined: it does. */
export function whyNotCompared(type: string, path: string): string | undefined {
  const row = findRow(type, path);
  if (row === undefined) return 'nobody said what is to be done about it';
  return typeof row === 'string' ? row : undefined;
}

/** The row of the longest path that this one is, or lies below. */
function findRow(type: string, path: string): Row | undefined {
  const rows = Object.entries(COMPARED[type] ?? {});
  const [longest] = rows
    .filter(([prefix]) => isAt(path, prefix))
    .toSorted(([one], [other]) => other.length - one.length);
  return longest?.[1];
}

/** `Origins[].Id` is at `Origins`, `Origins[]` and itself. */
function isAt(path: string, prefix: string): boolean {
  return (
    prefix === '' ||
    path === prefix ||
    (/^(\.|\[\])/.test(path.slice(prefix.length)) && path.startsWith(prefix))
  );
}
