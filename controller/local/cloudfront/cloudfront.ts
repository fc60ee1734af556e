import { createFunctionRuntime, type FunctionRuntime } from '../function-runtime/runtime.ts';
import { createKeyValueStoreService } from '../keyvaluestore/service.ts';
import type { LambdaFunctions } from '../lambda/function-store.ts';
import { openKeyValueStores, type KeyValueStores } from '../keyvaluestore/stores.ts';
import {
  ServiceError,
  type CloudClock,
  type Disk,
  type Service,
  type ServiceRequest,
} from '../service.ts';
import { API_VERSION, createCall, xmlError, type Routes } from './call.ts';
import { openDistributions } from './distribution-records.ts';
import { createDistributionRoutes } from './distribution-routes.ts';
import type { References } from './distribution-rules.ts';
import { createFunctionRoutes } from './function-routes.ts';
import { openFunctions } from './functions.ts';
import {
  createInvalidationRoutes,
  openInvalidations,
  type Invalidations,
} from './invalidations.ts';
import { createStoreRoutes } from './key-value-stores.ts';
import { createManaged, createPolicies, type PolicyKind } from './policies.ts';
import {
  CACHE_POLICY,
  ORIGIN_ACCESS_CONTROL,
  ORIGIN_REQUEST_POLICY,
  RESPONSE_HEADERS_POLICY,
} from './policy-kinds.ts';

export interface CloudFrontOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  /** Whose numbered versions behaviours may run. */
  readonly lambda: LambdaFunctions;
  /** From a KeyValueStore write, or a function's publishing, until the edge sees it; before `speed`. */
  readonly propagationSeconds: number;
}

/** CloudFront's control plane with the KeyValueStores, and what they hold for the edge. */
export interface CloudFront extends References {
  readonly services: readonly Service[];
  readonly stores: KeyValueStores;
  readonly runtime: FunctionRuntime;
  readonly invalidations: Pick<Invalidations, 'isInvalidated'>;
}

export function createCloudFront(options: CloudFrontOptions): CloudFront {
  const { disk, clock } = options;
  const stores = openKeyValueStores(options);
  const runtime = createFunctionRuntime();
  const invalidations = openInvalidations(disk, clock);
  const references = openReferences(options);
  const { distributions, functions } = references;
  const isUsed = (arn: string) =>
    functions.records
      .values()
      .some(({ development, live }) =>
        [development, live.at(-1)?.value].some((v) => v?.store === arn),
      );
  const service = createService({
    distribution: {
      ...createDistributionRoutes({ ...references, clock, invalidations }),
      ...createInvalidationRoutes({ invalidations, distributions, clock }),
    },
    function: createFunctionRoutes({ functions, stores, distributions, runtime, clock }),
    'key-value-store': createStoreRoutes({ stores, clock, isUsed }),
    [CACHE_POLICY.path]: references.cachePolicies.routes,
    [RESPONSE_HEADERS_POLICY.path]: references.responseHeadersPolicies.routes,
    [ORIGIN_ACCESS_CONTROL.path]: references.originAccessControls.routes,
    [ORIGIN_REQUEST_POLICY.path]: createManaged(ORIGIN_REQUEST_POLICY),
  });
  const services = [service, createKeyValueStoreService(stores)];
  return { ...references, services, stores, runtime, invalidations };
}

function openReferences(options: CloudFrontOptions): References {
  const { disk, clock, lambda } = options;
  const distributions = openDistributions(disk, clock);
  const policies = (kind: PolicyKind) =>
    createPolicies({ disk, clock, kind, isUsed: (id) => distributions.referTo(id) });
  return {
    distributions,
    functions: openFunctions(options),
    lambda,
    cachePolicies: policies(CACHE_POLICY),
    responseHeadersPolicies: policies(RESPONSE_HEADERS_POLICY),
    originAccessControls: policies(ORIGIN_ACCESS_CONTROL),
  };
}

function createService(resources: Readonly<Record<string, Routes>>): Service {
  return {
    protocol: 'rest-xml',
    signingNames: ['cloudfront'],
    handle: async (request) => {
      const [version, resource = '', id = '', sub, subId = ''] = readPath(request);
      const places = [id === '' ? '' : ':id', sub, subId === '' ? '' : ':sub'];
      const place = places.filter(Boolean).join('/');
      const variant = request.query.has('WithTags') ? '?WithTags' : '';
      const route = `${request.method} ${place}`.trim() + variant;
      const operation = version === API_VERSION ? resources[resource]?.[route] : undefined;
      if (operation === undefined) {
        const message = `The local cloud has no CloudFront operation ${request.method} ${request.path}.`;
        throw new ServiceError(400, 'UnsupportedOperation', message);
      }
      return operation(createCall(request, id, subId));
    },
    renderError: (error, { requestId }) => xmlError(error, requestId),
  };
}

function readPath({ path }: ServiceRequest): readonly string[] {
  return path.split('/').slice(1).map(decodeURIComponent);
}
