/** Holds templates against CloudFormation's resource schemas, as @aws-cdk/aws-service-spec carries them. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Template } from '../../../../controller/core/infrastructure/template.ts';

type Spec = ReturnType<typeof loadAwsServiceSpecSync>;
type SpecResource = NonNullable<ReturnType<typeof find>>;
type Properties = SpecResource['properties'];
type Property = Properties[string];
type PropertyType = Property['type'];

let loaded: Spec | undefined;

function spec(): Spec {
  loaded ??= loadAwsServiceSpecSync();
  return loaded;
}

function find(type: string) {
  return spec().lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

/** Owners of patterns that no schema has: a misspelt one would hold nothing against anything. */
export function listLostPatterns(): readonly string[] {
  return Object.keys(PATTERNS).filter((key) => {
    const [owner = '', name = ''] = key.split('.');
    const owners = owner.includes('::')
      ? [find(owner)].flatMap((one) => one ?? [])
      : spec()
          .all('typeDefinition')
          .filter(({ name: of }) => of === owner);
    return !owners.some(({ properties }) => Object.hasOwn(properties, name));
  });
}

/** Attributes that `Fn::GetAtt` may ask for. */
export function attributesOf(type: string): readonly string[] {
  return Object.keys(find(type)?.attributes ?? {});
}

export function takesTags(type: string): boolean {
  return find(type)?.tagInformation !== undefined;
}

/** What the schemas don't say and the services refuse; documented with each API. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  ViewerProtocolPolicy: ['allow-all', 'https-only', 'redirect-to-https'],
  HttpVersion: ['http1.1', 'http2', 'http3', 'http2and3'],
  PriceClass: ['PriceClass_100', 'PriceClass_200', 'PriceClass_All'],
  MinimumProtocolVersion: ['TLSv1.2_2019', 'TLSv1.2_2021', 'TLSv1.2_2025', 'TLSv1.3_2025'],
  SslSupportMethod: ['sni-only', 'vip', 'static-ip'],
  OriginProtocolPolicy: ['http-only', 'match-viewer', 'https-only'],
  HeaderBehavior: ['none', 'whitelist'],
  CookieBehavior: ['none', 'whitelist', 'allExcept', 'all'],
  QueryStringBehavior: ['none', 'whitelist', 'allExcept', 'all'],
  EventType: ['viewer-request', 'viewer-response', 'origin-request', 'origin-response'],
  SigningBehavior: ['never', 'always', 'no-override'],
  SigningProtocol: ['sigv4'],
  FrameOption: ['DENY', 'SAMEORIGIN'],
  ComparisonOperator: ['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold'],
  Statistic: ['Sum', 'Average', 'Maximum', 'Minimum', 'SampleCount'],
  TreatMissingData: ['breaching', 'notBreaching', 'ignore', 'missing'],
  BillingMode: ['PAY_PER_REQUEST', 'PROVISIONED'],
  KeyType: ['HASH', 'RANGE'],
  StreamViewType: ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'],
};

const upTo = (most: number) => new RegExp(`^[^]{0,${most}}$`);
const NAME = /^[\w-]{1,64}$/;
/** The database has no patterns, lengths nor bounds: those of what the templates name (documented with each API). */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  'AWS::CloudFront::KeyValueStore.Comment': upTo(128),
  'AWS::CloudFront::KeyValueStore.Name': NAME,
  'AWS::CloudWatch::Alarm.AlarmDescription': upTo(1024),
  'AWS::CloudWatch::Alarm.AlarmName': /^[^]{1,255}$/,
  'AWS::CloudWatch::CompositeAlarm.AlarmName': /^[^]{1,255}$/,
  'AWS::DynamoDB::GlobalTable.TableName': /^[\w.-]{3,255}$/,
  'AWS::Events::Rule.Description': upTo(512),
  'AWS::Events::Rule.Name': /^[\w.-]{1,64}$/,
  'AWS::IAM::Role.Description': upTo(1000),
  'AWS::IAM::Role.RoleName': /^[\w+=,.@-]{1,64}$/,
  'AWS::Lambda::Function.Description': upTo(256),
  'AWS::Lambda::Function.FunctionName': NAME,
  'AWS::Logs::LogGroup.LogGroupName': /^[\w./#-]{1,512}$/,
  'AWS::Logs::MetricFilter.FilterName': /^[^:*]{1,512}$/,
  'AWS::Logs::MetricFilter.FilterPattern': upTo(1024),
  'AWS::S3::Bucket.BucketName': /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'CacheBehavior.PathPattern': /^[\w.*?$/~"'@:+&-]{1,255}$/,
  'CachePolicyConfig.Comment': upTo(128),
  'CachePolicyConfig.Name': /^[^]{1,128}$/,
  'DistributionConfig.Comment': upTo(128),
  'OriginAccessControlConfig.Description': upTo(256),
  'OriginAccessControlConfig.Name': /^[^]{1,64}$/,
  'Policy.PolicyName': /^[\w+=,.@-]{1,128}$/,
  'ResponseHeadersPolicyConfig.Comment': upTo(128),
  'ResponseHeadersPolicyConfig.Name': /^[^]{1,128}$/,
  'Target.Id': /^[\w.-]{1,64}$/,
};

/** Every place where the template isn't what the schemas take. */
export function checkSchema({ Resources }: Template): readonly string[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties: given }]) => {
    const resource = find(Type);
    if (resource === undefined) return [`${id}: there is no type ${Type}`];
    const of = { owner: Type, known: resource.properties, readOnly: resource.attributes };
    return checkMap(id, given, of);
  });
}

interface Shape {
  /** Of a resource its type, of a definition in it its name. */
  readonly owner: string;
  readonly known: Properties;
  /** What only AWS says. */
  readonly readOnly: object;
}

function checkMap(path: string, given: object, shape: Shape): readonly string[] {
  const { owner, known, readOnly } = shape;
  const missing = Object.entries(known).filter(
    ([name, { required }]) => required === true && Reflect.get(given, name) === undefined,
  );
  return [
    ...missing.map(([name]) => `${path}.${name} is required`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const property = known[name];
      const isReadOnly = property === undefined && Object.hasOwn(readOnly, name);
      if (property === undefined) {
        return [`${path}.${name} is ${isReadOnly ? 'read-only' : 'unknown'}`];
      }
      return [
        ...checkValue(`${path}.${name}`, value, property.type),
        ...checkUsual(path, name, value),
        ...checkPattern(`${path}.${name}`, value, PATTERNS[`${owner}.${name}`]),
      ];
    }),
  ];
}

function checkPattern(path: string, value: unknown, pattern: RegExp | undefined) {
  const isFine = pattern === undefined || typeof value !== 'string' || pattern.test(value);
  return isFine ? [] : [`${path} is ${JSON.stringify(value)}, not ${String(pattern)}`];
}

function checkUsual(path: string, name: string, value: unknown): readonly string[] {
  const values = VALUES[name];
  if (values === undefined || values.includes(String(value))) return [];
  return [`${path}.${name} is ${JSON.stringify(value)}, not one of ${values.join(', ')}`];
}

function checkValue(path: string, value: unknown, type: PropertyType): readonly string[] {
  if (type.type === 'union') {
    const results = type.types.map((one) => checkValue(path, value, one));
    return results.some((result) => result.length === 0) ? [] : (results[0] ?? []);
  }
  if (type.type === 'array') {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, index) => checkValue(`${path}[${index}]`, item, type.element));
  }
  if (type.type === 'tag') {
    return isMap(value) && Object.keys(value).join() === 'Key,Value' ? [] : [`${path} is no tag`];
  }
  if (type.type !== 'map' && type.type !== 'ref') return checkPrimitive(path, value, type);
  if (!isMap(value)) return [`${path} is no map`];
  if (type.type === 'ref') {
    const { name, properties } = spec().get('typeDefinition', type.reference.$ref);
    return checkMap(path, value, { owner: name, known: properties, readOnly: {} });
  }
  return Object.entries(value).flatMap(([key, item]) =>
    checkValue(`${path}.${key}`, item, type.element),
  );
}

type Primitive = Exclude<PropertyType, { type: 'union' | 'array' | 'map' | 'ref' | 'tag' }>;

function checkPrimitive(path: string, value: unknown, type: Primitive): readonly string[] {
  const isRight = isIntrinsic(value) ? type.type === 'string' : isOfType(value, type);
  return isRight ? [] : [`${path} is ${JSON.stringify(value)}, not ${type.type}`];
}

function isOfType(value: unknown, type: Primitive): boolean {
  switch (type.type) {
    case 'string':
      return typeof value === 'string' && (type.allowedValues?.includes(value) ?? true);
    case 'integer':
      return Number.isInteger(value) && (type.allowedValues?.includes(Number(value)) ?? true);
    case 'number':
    case 'boolean':
      return typeof value === type.type;
    case 'json':
      return isMap(value);
    case 'date-time':
    case 'null':
      return false;
  }
}

function isMap(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isIntrinsic(value)
  );
}

function isIntrinsic(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [key = ''] = Object.keys(value);
  return key === 'Ref' || key.startsWith('Fn::');
}
