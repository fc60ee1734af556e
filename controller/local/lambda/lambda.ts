import {
  ServiceError,
  type Service,
  type ServiceRequest,
  type ServiceResponse,
} from '../service.ts';
import { findVersion, json, notFound, readName, render } from './call.ts';
import type { Call, LambdaOptions } from './call.ts';
import { deleteConcurrency, getConcurrency, putConcurrency } from './concurrency.ts';
import { createFunction, publishVersion, updateCode, updateConfiguration } from './changes.ts';
import { LATEST, versionsOf } from './function.ts';
import { composeArn, type LambdaFunctions } from './function-store.ts';
import { invalidParameter } from './input.ts';
import { invokeFunction } from './invoke.ts';
import { addPermission, getPolicy, removePermission } from './permissions.ts';
import { renderVersion } from './render-version.ts';

/** Lambda's control plane, as far as Headgate needs it, and Invoke: REST-JSON. */
export function createLambda(options: LambdaOptions): Service {
  return {
    protocol: 'rest-json',
    signingNames: ['lambda'],
    handle: async (request) => await answer(options, request),
    renderError: ({ status, code, message }) => ({
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
      body: JSON.stringify({ Type: status < 500 ? 'User' : 'Server', Message: message }),
    }),
  };
}

type Operation = (call: Call) => ServiceResponse | Promise<ServiceResponse>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET ': (call) => {
    const Configuration = render(call, findVersion(call));
    return json(200, { Configuration, Code: { RepositoryType: 'S3' } });
  },
  'GET configuration': (call) => json(200, render(call, findVersion(call))),
  'PUT configuration': updateConfiguration,
  'PUT code': updateCode,
  'GET versions': (call) =>
    json(200, { Versions: versionsOf(call.record).map((one) => render(call, one)) }),
  'POST versions': publishVersion,
  'POST invocations': invokeFunction,
  'GET concurrency': getConcurrency,
  'PUT concurrency': putConcurrency,
  'DELETE concurrency': deleteConcurrency,
  'GET policy': getPolicy,
  'POST policy': addPermission,
  'DELETE policy': removePermission,
  'DELETE ': deleteFunction,
};

const ROOT = '/2015-03-31/functions';

/** Operations that came later have dates of their own. */
const DATES: Readonly<Record<string, string>> = {
  'GET concurrency': '2019-09-30',
  'PUT concurrency': '2017-10-31',
  'DELETE concurrency': '2017-10-31',
};

async function answer(options: LambdaOptions, request: ServiceRequest): Promise<ServiceResponse> {
  const { functions } = options;
  if (request.path === `${ROOT}/` || request.path === ROOT) {
    if (request.method === 'POST') return createFunction(functions, request);
    if (request.method === 'GET') return listFunctions(functions, request);
    throw unknownOperation(request);
  }
  const [start, version, root, id = '', resource = ''] = request.path.split('/');
  const name = `${request.method} ${resource}`;
  const operation = OPERATIONS[name];
  const date = DATES[name] ?? '2015-03-31';
  if ([start, version, root].join('/') !== `/${date}/functions` || operation === undefined) {
    throw unknownOperation(request);
  }
  const named = readName(decodeURIComponent(id));
  const record = functions.get(request.region, named.name);
  const qualifier = request.query.get('Qualifier') ?? named.qualifier;
  if (record === undefined) throw notFound(composeArn({ region: request.region, ...named }));
  return await operation({ ...options, request, record, qualifier });
}

/** All on one page. */
function listFunctions(functions: LambdaFunctions, { region, query }: ServiceRequest) {
  const unknown = [...query.keys()].find((name) => name !== 'MaxItems');
  if (unknown !== undefined) throw invalidParameter(`The local cloud does not imitate ${unknown}.`);
  const Functions = functions
    .list(region)
    .map((record) => renderVersion(functions, record, record.latest));
  return json(200, { Functions });
}

function deleteFunction(call: Call): ServiceResponse {
  const { functions, record, qualifier } = call;
  if (qualifier === LATEST) {
    throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
  }
  const doomed = qualifier === undefined ? record.published : [findVersion(call)];
  const used = doomed
    .map(({ version }) => composeArn(record, version))
    .find((arn) => call.isReplicated(arn));
  if (used !== undefined) {
    throw invalidParameter(
      `Lambda was unable to delete ${used} because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.`,
    );
  }
  if (qualifier === undefined) functions.remove(record);
  else {
    functions.save({
      ...record,
      published: record.published.filter((one) => !doomed.includes(one)),
    });
  }
  return { status: 204 };
}

function unknownOperation({ method, path }: ServiceRequest): ServiceError {
  const message = `The local cloud has no Lambda operation ${method} ${path}.`;
  return new ServiceError(404, 'UnknownOperationException', message);
}
