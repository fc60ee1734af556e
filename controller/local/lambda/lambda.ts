import { randomUUID } from 'node:crypto';
import {
  ServiceError,
  type Service,
  type ServiceRequest,
  type ServiceResponse,
} from '../service.ts';
import { changeCode, LATEST, publish, versionsOf } from './function.ts';
import type { FunctionRecord, FunctionVersion } from './function.ts';
import { composeArn, type LambdaFunctions } from './function-store.ts';
import {
  checkArchive,
  codeShape,
  createShape,
  invalidParameter,
  publishShape,
  readInput,
} from './input.ts';
import { renderVersion } from './render-version.ts';

export interface LambdaOptions {
  readonly functions: LambdaFunctions;
  /** Whether a distribution uses this version. */
  isReplicated(arn: string): boolean;
}

/** Lambda's control plane, as far as functions at the edge need it: REST-JSON. */
export function createLambda(options: LambdaOptions): Service {
  return {
    protocol: 'rest-json',
    signingNames: ['lambda'],
    handle: async (request) => answer(options, request),
    renderError: ({ status, code, message }) => ({
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
      body: JSON.stringify({ Type: status < 500 ? 'User' : 'Server', Message: message }),
    }),
  };
}

interface Call {
  readonly functions: LambdaFunctions;
  readonly isReplicated: (arn: string) => boolean;
  readonly request: ServiceRequest;
  readonly record: FunctionRecord;
  /** A version's number or `$LATEST`; undefined: the request names none. */
  readonly qualifier: string | undefined;
}

const OPERATIONS: Readonly<Record<string, (call: Call) => ServiceResponse>> = {
  'GET ': (call) => {
    const Configuration = render(call, findVersion(call));
    return json(200, { Configuration, Code: { RepositoryType: 'S3' } });
  },
  'GET configuration': (call) => json(200, render(call, findVersion(call))),
  'PUT code': updateCode,
  'GET versions': (call) =>
    json(200, { Versions: versionsOf(call.record).map((one) => render(call, one)) }),
  'POST versions': publishVersion,
  'DELETE ': deleteFunction,
};

const ROOT = '/2015-03-31/functions';

function answer(options: LambdaOptions, request: ServiceRequest): ServiceResponse {
  const { functions } = options;
  if (request.path === `${ROOT}/` || request.path === ROOT) {
    if (request.method === 'POST') return createFunction(functions, request);
    throw unknownOperation(request);
  }
  const [start, version, root, id = '', resource = ''] = request.path.split('/');
  const operation = OPERATIONS[`${request.method} ${resource}`];
  if ([start, version, root].join('/') !== ROOT || operation === undefined) {
    throw unknownOperation(request);
  }
  const named = readName(decodeURIComponent(id));
  const record = functions.get(request.region, named.name);
  const qualifier = request.query.get('Qualifier') ?? named.qualifier;
  if (record === undefined) throw notFound(composeArn({ region: request.region, ...named }));
  return operation({ ...options, request, record, qualifier });
}

/** A name, or an ARN whole or in part; each may end in a version. */
function readName(id: string): { readonly name: string; readonly qualifier: string | undefined } {
  const [name = '', qualifier] = id.replace(/^.*function:/, '').split(':');
  return { name, qualifier };
}

function createFunction(functions: LambdaFunctions, request: ServiceRequest): ServiceResponse {
  const input = readInput(createShape, request);
  const { name } = readName(input.FunctionName);
  if (!/^[\w-]{1,64}$/.test(name)) throw invalidParameter(`FunctionName: ${name} is no name.`);
  if (functions.get(request.region, name) !== undefined) {
    throw conflict(`Function already exist: ${name}`);
  }
  checkArchive(input.Code.ZipFile);
  const created = functions.now();
  const latest = {
    version: LATEST,
    revisionId: randomUUID(),
    modified: created,
    codeSha256: functions.writeArchive(input.Code.ZipFile),
    codeBytes: input.Code.ZipFile.length,
    role: input.Role,
    handler: input.Handler,
    runtime: input.Runtime,
    architecture: input.Architectures[0],
    timeoutSeconds: input.Timeout,
    memoryMegabytes: input.MemorySize,
    description: input.Description,
    environment: input.Environment.Variables,
  };
  const { region } = request;
  const made = { name, region, created, latest, published: [], lastNumber: 0 };
  return save(functions, { record: made, status: 201, publishes: input.Publish });
}

function updateCode(call: Call): ServiceResponse {
  const { functions, record, request } = call;
  const input = readInput(codeShape, request);
  checkChange(call, input.RevisionId);
  if (input.Architectures !== undefined && input.Architectures[0] !== record.latest.architecture) {
    throw invalidParameter('The local cloud does not change the architecture of a function.');
  }
  checkArchive(input.ZipFile);
  const codeSha256 = functions.writeArchive(input.ZipFile);
  const code = { codeSha256, codeBytes: input.ZipFile.length };
  const changed = changeCode(record, code, functions.now());
  return save(functions, { record: changed, status: 200, publishes: input.Publish });
}

function save(
  functions: LambdaFunctions,
  change: {
    readonly record: FunctionRecord;
    readonly status: number;
    readonly publishes: boolean;
    readonly description?: string;
  },
): ServiceResponse {
  const { record, status, publishes, description = '' } = change;
  const { record: saved, version } = publishes
    ? publish(record, { description, now: functions.now() })
    : { record, version: record.latest };
  functions.save(saved);
  return json(status, renderVersion(functions, saved, version));
}

function publishVersion(call: Call): ServiceResponse {
  const { functions, record, request } = call;
  const input = readInput(publishShape, request);
  checkChange(call, input.RevisionId);
  const present = record.latest.codeSha256;
  if (input.CodeSha256 !== undefined && input.CodeSha256 !== present) {
    throw invalidParameter(
      `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${present}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  const { Description: description } = input;
  return save(functions, { record, status: 201, publishes: true, description });
}

/** Refuses a change to what is still changing, or has changed since the caller looked. */
function checkChange({ functions, record }: Call, revisionId: string | undefined): void {
  const { latest, created } = record;
  if (!functions.isSettled(Math.max(created, latest.modified))) {
    const state = functions.isSettled(created) ? 'An update is in progress' : 'It is Pending';
    throw conflict(`The operation cannot be performed at this time. ${state}: ${record.name}`);
  }
  if (revisionId === undefined || revisionId === latest.revisionId) return;
  const message =
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id';
  throw new ServiceError(412, 'PreconditionFailedException', message);
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

function findVersion({ record, qualifier = LATEST }: Call): FunctionVersion {
  const version = versionsOf(record).find((one) => one.version === qualifier);
  if (version === undefined) throw notFound(composeArn(record, qualifier));
  return version;
}

function render({ functions, record }: Call, version: FunctionVersion) {
  return renderVersion(functions, record, version);
}

function json(status: number, body: object): ServiceResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

function notFound(arn: string): ServiceError {
  return new ServiceError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
}

function conflict(message: string): ServiceError {
  return new ServiceError(409, 'ResourceConflictException', message);
}

function unknownOperation({ method, path }: ServiceRequest): ServiceError {
  const message = `The local cloud has no Lambda operation ${method} ${path}.`;
  return new ServiceError(404, 'UnknownOperationException', message);
}
