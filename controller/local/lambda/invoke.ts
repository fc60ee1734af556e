import type { TaskResult } from '../lambda-runtime/environment.ts';
import { ServiceError, type ServiceResponse } from '../service.ts';
import { conflict, findVersion, render, type Call } from './call.ts';
import type { FunctionVersion } from './function.ts';
import { composeArn } from './function-store.ts';
import { invalidParameter } from './input.ts';

const PAYLOAD_LIMIT = 6 * 1024 ** 2;
/** Of an event that nobody waits for. */
const EVENT_LIMIT = 256 * 1024;
/** Of the log, this much of the end comes back. */
const TAIL_BYTES = 4096;

/** Invoke: runs a version in the function's own region and answers with its result. */
export async function invokeFunction(call: Call): Promise<ServiceResponse> {
  const { headers, requestId, body } = call.request;
  const version = findVersion(call);
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (!['RequestResponse', 'Event', 'DryRun'].includes(type)) {
    throw invalidParameter(`${type} is no invocation type.`);
  }
  const event = readPayload(body, type === 'Event' ? EVENT_LIMIT : PAYLOAD_LIMIT);
  checkState(call, version);
  if (type === 'DryRun') return { status: 204 };
  const arn = composeArn(call.record, version.version);
  if (type === 'Event') {
    call.queue.add({ arn, event, requestId });
    return { status: 202 };
  }
  const result = await call.invoke({ arn, version, event, requestId });
  const log = cutTail(result.log);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': version.version,
      ...(result.kind === 'failed' ? { 'x-amz-function-error': 'Unhandled' } : {}),
      ...(headers['x-amz-log-type'] === 'Tail' ? { 'x-amz-log-result': log } : {}),
    },
    body: JSON.stringify(payloadOf(result, requestId)),
  };
}

function readPayload(body: Buffer, limit: number): unknown {
  if (body.length > limit) {
    const message = `The payload has ${body.length} bytes, more than ${limit}.`;
    throw new ServiceError(413, 'RequestTooLargeException', message);
  }
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `Could not parse request body into json: ${error.message}`;
    throw new ServiceError(400, 'InvalidRequestContentException', message);
  }
}

/**
 * Lambda would run the code before an update that is in progress; which that was isn't known here,
 * and running the new code too early would hide that the caller forgot to wait.
 */
function checkState(call: Call, version: FunctionVersion): void {
  const { State, LastUpdateStatus } = render(call, version);
  const state = State === 'Active' ? LastUpdateStatus : State;
  if (state === 'Successful') return;
  throw conflict(
    `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
  );
}

function payloadOf(result: TaskResult, requestId: string): unknown {
  if (result.kind === 'done') return result.output;
  const { errorType, errorMessage } = result.error;
  return errorType.includes('.')
    ? { errorType, errorMessage: `RequestId: ${requestId} ${errorMessage}` }
    : result.error;
}

function cutTail(entries: readonly string[]): string {
  const log = Buffer.from(`${entries.join('\n')}\n`);
  return log.subarray(Math.max(0, log.length - TAIL_BYTES)).toString('base64');
}
