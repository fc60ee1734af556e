import { STATUS_CODES } from 'node:http';
import type { LambdaAssociation } from '../cloudfront/lambda-rules.ts';
import { InvalidOutput } from '../function-runtime/output.ts';
import { describeFailure } from '../lambda-runtime/environment.ts';
import type { LambdaRuntime } from '../lambda-runtime/runtime.ts';
import type { EdgeOptions } from './edge.ts';
import {
  composeEvent,
  fromLambdaHeaders,
  toLambdaHeaders,
  type LambdaExchange,
  type LambdaRequest,
} from './lambda-event.ts';
import {
  readResponseOutput,
  sideOf,
  type RequestOutput,
  type ResponseOutput,
} from './lambda-output.ts';
import type { OriginAnswer } from './origin.ts';
import { errorPage, type ViewerAnswer } from './viewer.ts';
import type { FunctionContext } from './viewer-functions.ts';

export type LambdaContext = FunctionContext & {
  readonly lambda: LambdaRuntime;
  readonly lambdaFailed?: EdgeOptions['lambdaFailed'];
};

/** A Lambda@Edge function failed; what the viewer gets instead of everything else. */
export class LambdaFailure extends Error {
  readonly answer: ViewerAnswer;

  constructor(message: string, answer: ViewerAnswer) {
    super(message);
    this.name = 'LambdaFailure';
    this.answer = answer;
  }
}

const LIMIT_SECONDS = { viewer: 5, origin: 30 };

/**
 * Runs a function and reads what it returned; `read` throws InvalidOutput. Throws LambdaFailure:
 * a 503 when the function threw, ended or took too long, a 502 when its result is invalid.
 */
export async function runLambda<T>(
  context: LambdaContext,
  { event: eventType, arn }: LambdaAssociation,
  { exchange, read }: { readonly exchange: LambdaExchange; readonly read: (output: unknown) => T },
): Promise<T> {
  const { cloudfront, lambda, requestId } = context;
  const log = (line: string) => context.log(`${arn} ${requestId} ${line}`);
  const version = cloudfront.lambda.findVersion(arn);
  if (version === undefined) throw new Error(`The function ${arn} is not published.`);
  const started = performance.now();
  const result = await lambda.invoke({
    arn,
    version,
    requestId,
    event: composeEvent(eventType, context, exchange),
    edgeLimitSeconds: LIMIT_SECONDS[sideOf(eventType)],
  });
  if (result.kind === 'failed') {
    const message = describeFailure(result.error);
    log(message);
    throw fail(context, message, result.isTimeout ? 'limit' : 'execution');
  }
  const millis = Math.ceil(performance.now() - started);
  log(`${eventType}: ${millis} ms, ${Math.ceil(result.heapBytes / 1024 ** 2)} MB of heap`);
  try {
    return read(result.output);
  } catch (error) {
    if (!(error instanceof InvalidOutput)) throw error;
    log(error.message);
    throw fail(context, error.message, 'validation');
  }
}

const FAILURES = {
  execution: [503, 'The Lambda function failed.', 'LambdaExecutionError'],
  limit: [503, 'The Lambda function exceeded a limit.', 'LambdaLimitExceeded'],
  validation: [502, 'The Lambda function returned an invalid response.', 'LambdaValidationError'],
} as const;

function fail(
  { lambdaFailed, distribution }: LambdaContext,
  message: string,
  by: keyof typeof FAILURES,
): LambdaFailure {
  lambdaFailed?.({ distributionId: distribution.id, by });
  const [status, why, cause] = FAILURES[by];
  return new LambdaFailure(message, errorPage(status, why, cause));
}

/** Runs the function of a response event on an answer to that request. */
export async function runResponseLambda<Answer extends OriginAnswer>(
  context: LambdaContext,
  association: LambdaAssociation,
  { request, answer }: { readonly request: LambdaRequest; readonly answer: Answer },
): Promise<Answer> {
  const response = {
    status: String(answer.status),
    statusDescription: STATUS_CODES[answer.status] ?? '',
    headers: toLambdaHeaders(answer.headers),
  };
  const changed = await runLambda(context, association, {
    exchange: { request, response },
    read: (output) => readResponseOutput(association.event, response, output),
  });
  return applyResponse(answer, changed);
}

export function applyResponse<Answer extends OriginAnswer>(
  before: Answer,
  response: ResponseOutput,
): Answer {
  const { status, statusDescription, body, bodyEncoding } = response;
  return {
    ...before,
    status,
    ...(statusDescription === undefined ? {} : { reason: statusDescription }),
    headers: fromLambdaHeaders(response.headers, before.headers),
    body: body === undefined ? before.body : decode(body, bodyEncoding),
  };
}

/** The request's body, unless the function replaced it. */
export function applyBody(before: Buffer, { body }: RequestOutput): Buffer {
  return body?.action === 'replace' ? decode(body.data, body.encoding) : before;
}

function decode(text: string, encoding: 'text' | 'base64'): Buffer {
  return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
}

export const NO_BODY = Buffer.alloc(0);
