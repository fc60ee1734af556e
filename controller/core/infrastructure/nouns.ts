import type { Resource } from './template.ts';

/** How people call a type, and the property with its name. */
const NOUNS: Readonly<Record<string, readonly [noun: string, ...path: string[]]>> = {
  'AWS::S3::Bucket': ['bucket', 'BucketName'],
  'AWS::S3::BucketPolicy': ['bucket policy'],
  'AWS::CloudFront::OriginAccessControl': [
    'origin access control',
    'OriginAccessControlConfig',
    'Name',
  ],
  'AWS::CloudFront::CachePolicy': ['cache policy', 'CachePolicyConfig', 'Name'],
  'AWS::CloudFront::ResponseHeadersPolicy': [
    'response headers policy',
    'ResponseHeadersPolicyConfig',
    'Name',
  ],
  'AWS::CloudFront::Distribution': ['distribution', 'DistributionConfig', 'Comment'],
  'AWS::CloudFront::KeyValueStore': ['KeyValueStore', 'Name'],
  'AWS::Logs::LogGroup': ['log group', 'LogGroupName'],
  'AWS::Logs::MetricFilter': ['metric filter', 'FilterName'],
  'AWS::CloudWatch::Alarm': ['alarm', 'AlarmName'],
  'AWS::DynamoDB::GlobalTable': ['table', 'TableName'],
  'AWS::Lambda::Function': ['function', 'FunctionName'],
  'AWS::Lambda::Permission': ['permission'],
  'AWS::Events::Rule': ['rule', 'Name'],
  'AWS::IAM::Role': ['role', 'RoleName'],
  'AWS::IAM::OIDCProvider': ['identity provider'],
};

/** `bucket acme-web-builds`. */
export function nameResource({ Type, Properties }: Resource): string {
  const [noun, ...path] = NOUNS[Type] ?? [Type];
  const name = path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    Properties,
  );
  return typeof name === 'string' ? `${noun} ${name}` : noun;
}
