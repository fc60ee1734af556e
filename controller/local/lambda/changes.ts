import { randomUUID } from 'node:crypto';
import type { ServiceRequest, ServiceResponse } from '../service.ts';
import { checkChange, conflict, json, readName, type Call } from './call.ts';
import { changeLatest, LATEST, publish, type FunctionRecord } from './function.ts';
import type { LambdaFunctions } from './function-store.ts';
import {
  checkArchive,
  codeShape,
  configurationShape,
  createShape,
  invalidParameter,
  publishShape,
  readInput,
} from './input.ts';
import { renderVersion } from './render-version.ts';

export function createFunction(
  functions: LambdaFunctions,
  request: ServiceRequest,
): ServiceResponse {
  const input = readInput(createShape, request);
  const { name } = readName(input.FunctionName);
  if (!/^[\w-]{1,64}$/.test(name)) throw invalidParameter(`FunctionName: ${name} is no name.`);
  if (functions.get(request.region, name) !== undefined) {
    throw conflict(`Function already exist: ${name}`);
  }
  checkRole(functions, input.Role);
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

export function updateCode(call: Call): ServiceResponse {
  const { functions, record, request } = call;
  const input = readInput(codeShape, request);
  checkChange(call, input.RevisionId);
  if (input.Architectures !== undefined && input.Architectures[0] !== record.latest.architecture) {
    throw invalidParameter('The local cloud does not change the architecture of a function.');
  }
  checkArchive(input.ZipFile);
  const codeSha256 = functions.writeArchive(input.ZipFile);
  const code = { codeSha256, codeBytes: input.ZipFile.length };
  const changed = changeLatest(record, code, functions.now());
  return save(functions, { record: changed, status: 200, publishes: input.Publish });
}

/** What the request leaves out stays as it is. */
export function updateConfiguration(call: Call): ServiceResponse {
  const { functions, record, request } = call;
  const input = readInput(configurationShape, request);
  checkChange(call, input.RevisionId);
  const { latest } = record;
  if (input.Role !== undefined) checkRole(functions, input.Role);
  const settings = {
    role: input.Role ?? latest.role,
    runtime: input.Runtime ?? latest.runtime,
    handler: input.Handler ?? latest.handler,
    timeoutSeconds: input.Timeout ?? latest.timeoutSeconds,
    memoryMegabytes: input.MemorySize ?? latest.memoryMegabytes,
    description: input.Description ?? latest.description,
    environment: input.Environment?.Variables ?? latest.environment,
  };
  const changed = changeLatest(record, settings, functions.now());
  return save(functions, { record: changed, status: 200, publishes: false });
}

export function publishVersion(call: Call): ServiceResponse {
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

/** Lambda runs a function in its role, so the role must trust it. */
function checkRole(functions: LambdaFunctions, role: string): void {
  if (functions.isTrusting(role, 'lambda.amazonaws.com')) return;
  throw invalidParameter('The role defined for the function cannot be assumed by Lambda.');
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
