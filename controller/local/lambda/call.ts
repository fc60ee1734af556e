import type { LambdaRuntime } from '../lambda-runtime/runtime.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import { ServiceError, type ServiceRequest, type ServiceResponse } from '../service.ts';
import { LATEST, versionsOf, type FunctionRecord, type FunctionVersion } from './function.ts';
import { composeArn, type LambdaFunctions } from './function-store.ts';
import { renderVersion } from './render-version.ts';

export interface LambdaOptions {
  readonly functions: LambdaFunctions;
  /** Whether a distribution uses this version. */
  isReplicated(arn: string): boolean;
  readonly invoke: LambdaRuntime['invoke'];
  /** Takes events that nobody waits for. */
  readonly queue: Pick<AsyncInvocations, 'add'>;
}

/** A request about a function that is there. */
export interface Call extends LambdaOptions {
  readonly request: ServiceRequest;
  readonly record: FunctionRecord;
  /** A version's number or `$LATEST`; undefined: the request names none. */
  readonly qualifier: string | undefined;
}

/** A name, or an ARN whole or in part; each may end in a version. */
export function readName(id: string): {
  readonly name: string;
  readonly qualifier: string | undefined;
} {
  const [name = '', qualifier] = id.replace(/^.*function:/, '').split(':');
  return { name, qualifier };
}

export function findVersion({ record, qualifier = LATEST }: Call): FunctionVersion {
  const version = versionsOf(record).find((one) => one.version === qualifier);
  if (version === undefined) throw notFound(composeArn(record, qualifier));
  return version;
}

/** Refuses a change to what is still changing, or has changed since the caller looked. */
export function checkChange({ functions, record }: Call, revisionId: string | undefined): void {
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

export function render({ functions, record }: Call, version: FunctionVersion) {
  return renderVersion(functions, record, version);
}

export function json(status: number, body: object): ServiceResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

export function notFound(arn: string): ServiceError {
  return new ServiceError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
}

export function conflict(message: string): ServiceError {
  return new ServiceError(409, 'ResourceConflictException', message);
}
