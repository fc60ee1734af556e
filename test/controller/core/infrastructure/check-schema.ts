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

/** Every place where the template isn't what the schemas take. */
export function checkSchema({ Resources }: Template): readonly string[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties: given }]) => {
    const resource = find(Type);
    if (resource === undefined) return [`${id}: there is no type ${Type}`];
    return checkMap(id, given, resource.properties);
  });
}

function checkMap(path: string, given: object, known: Properties): readonly string[] {
  const missing = Object.entries(known).filter(
    ([name, { required }]) => required === true && !Object.hasOwn(given, name),
  );
  return [
    ...missing.map(([name]) => `${path}.${name} is required`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const property = known[name];
      if (property === undefined) return [`${path}.${name} is unknown`];
      return [
        ...checkValue(`${path}.${name}`, value, property.type),
        ...checkUsual(path, name, value),
      ];
    }),
  ];
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
    return checkMap(path, value, spec().get('typeDefinition', type.reference.$ref).properties);
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
