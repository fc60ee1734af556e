import type { ServiceRequest } from '../../service.ts';
import {
  composeArn,
  permission,
  textOf,
  type Lookup,
  type NamedRequest,
  type Permission,
} from './permission.ts';

/** Of each kind of resource: what its operations are called, singular and plural. */
const KINDS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  distribution: ['Distribution', 'Distributions'],
  function: ['Function', 'Functions'],
  'key-value-store': ['KeyValueStore', 'KeyValueStores'],
  'cache-policy': ['CachePolicy', 'CachePolicies'],
  'origin-request-policy': ['OriginRequestPolicy', 'OriginRequestPolicies'],
  'response-headers-policy': ['ResponseHeadersPolicy', 'ResponseHeadersPolicies'],
  'origin-access-control': ['OriginAccessControl', 'OriginAccessControls'],
};

/** By method and what comes after the id. Kinds differ in whether `PUT :id` has a `/config`. */
const VERBS: Readonly<Record<string, (one: string, many: string) => string>> = {
  'GET ': (_, many) => `List${many}`,
  'POST ': (one) => `Create${one}`,
  'GET :id': (one) => (one === 'KeyValueStore' ? 'DescribeKeyValueStore' : `Get${one}`),
  'GET :id/config': (one) => `Get${one}Config`,
  'GET :id/describe': () => 'DescribeFunction',
  'PUT :id': (one) => `Update${one}`,
  'PUT :id/config': (one) => `Update${one}`,
  'DELETE :id': (one) => `Delete${one}`,
  'POST :id/publish': () => 'PublishFunction',
  'POST :id/test': () => 'TestFunction',
  'POST :id/invalidation': () => 'CreateInvalidation',
  'GET :id/invalidation': () => 'ListInvalidations',
  'GET :id/invalidation/:sub': () => 'GetInvalidation',
};

const TAGGING: Readonly<Record<string, string>> = {
  'GET ': 'ListTagsForResource',
  'POST Tag': 'TagResource',
  'POST Untag': 'UntagResource',
};

/** What requests to CloudFront's control plane need. */
export function nameCloudFront(request: ServiceRequest, lookup: Lookup): NamedRequest | undefined {
  const { method, path, query } = request;
  const [, resource = '', id = '', sub, subId] = path.split('/').slice(1).map(decodeURIComponent);
  if (resource === 'tagging') {
    const operation = TAGGING[`${method} ${query.get('Operation') ?? ''}`];
    if (operation === undefined) return undefined;
    const on = query.get('Resource') ?? '*';
    return { operation, permissions: [permission(`cloudfront:${operation}`, on)] };
  }
  const place = [id === '' ? '' : ':id', sub, subId === undefined ? undefined : ':sub'];
  const [one, many] = KINDS[resource] ?? [];
  const verb = VERBS[`${method} ${place.filter((part) => part !== undefined).join('/')}`];
  if (one === undefined || many === undefined || verb === undefined) return undefined;
  const operation = verb(one, many);
  const arn = arnOf({ resource, id, request, lookup });
  const permissions = [permission(`cloudfront:${operation}`, arn), ...tagging(request, arn)];
  if (resource !== 'distribution' || !/^(Create|Update)/.test(operation)) {
    return { operation, permissions };
  }
  return { operation, permissions: [...permissions, ...functionsOf(request)] };
}

interface Named {
  readonly resource: string;
  readonly id: string;
  readonly request: ServiceRequest;
  readonly lookup: Lookup;
}

/** What gets its id only now is asked for as all of its kind; a function's name is its id. Lists have none. */
function arnOf({ resource, id, request, lookup }: Named): string {
  if (id === '' && request.method === 'GET') return '*';
  const created = resource === 'function' ? elementOf(request, 'Name') : '*';
  const name = id === '' ? created : id;
  const store = resource === 'key-value-store' ? lookup.storeArn(name) : undefined;
  return store ?? composeArn('cloudfront', '', `${resource}/${name}`);
}

function elementOf({ body }: ServiceRequest, name: string): string {
  return new RegExp(`<${name}>([^<]*)<`).exec(body.toString('utf8'))?.[1] ?? '';
}

function tagging({ method, query }: ServiceRequest, arn: string): readonly Permission[] {
  return method === 'POST' && query.has('WithTags')
    ? [permission('cloudfront:TagResource', arn)]
    : [];
}

const ASSOCIATION = ['GetFunction', 'EnableReplication', 'DisableReplication'];

/** Whoever puts a Lambda@Edge function before visitors lets it be copied into all regions. */
function functionsOf({ body }: ServiceRequest): readonly Permission[] {
  const found = body.toString('utf8').matchAll(/<LambdaFunctionARN>([^<]+)</g);
  const arns = new Set([...found].map(([, arn]) => textOf(arn)));
  return [...arns].flatMap((arn) =>
    ASSOCIATION.map((action) => permission(`lambda:${action}`, arn)),
  );
}
