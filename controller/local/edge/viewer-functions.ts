import type { CloudFront } from '../cloudfront/cloudfront.ts';
import type {
  EventRequest,
  EventResponse,
  EventType,
  FunctionEvent,
} from '../function-runtime/event.ts';
import type { FunctionRun } from '../function-runtime/runtime.ts';
import type { CloudClock } from '../service.ts';
import type { EdgeDistribution } from './configuration.ts';
import type { EdgeOptions } from './edge.ts';
import { fromFields, resolveFields, toCookieFields, toFields } from './fields.ts';
import { errorPage, type ViewerAnswer } from './viewer.ts';

/** What both functions of one request share. */
export interface FunctionContext {
  readonly cloudfront: CloudFront;
  readonly clock: CloudClock;
  readonly log: (line: string) => void;
  readonly functionFailed?: EdgeOptions['functionFailed'];
  readonly distribution: EdgeDistribution;
  readonly requestId: string;
  readonly ip: string;
  readonly query: string | undefined;
}

/** Runs the viewer-request function: the request as it goes on, or the answer that ends it. */
export function runViewerRequest(
  context: FunctionContext,
  arn: string,
  before: EventRequest,
): { readonly request: EventRequest } | { readonly answer: ViewerAnswer } {
  const { outcome } = runFunction(context, arn, { eventType: 'viewer-request', request: before });
  if (outcome.kind === 'failed') return { answer: failureOf(outcome) };
  if (outcome.kind === 'response') {
    const headers = { 'x-cache': 'FunctionGeneratedResponse from cloudfront' };
    const own = { status: 200, headers: { server: 'CloudFront', ...headers }, body: NO_BODY };
    return { answer: applyResponse(own, outcome.response) };
  }
  const { request } = outcome;
  return {
    request: {
      ...request,
      headers: resolveFields(before.headers, request.headers),
      cookies: resolveFields(before.cookies, request.cookies),
      querystring: resolveFields(before.querystring, request.querystring),
    },
  };
}

/** Runs the viewer-response function on an answer. */
export function runViewerResponse(
  context: FunctionContext,
  arn: string,
  given: { readonly request: EventRequest; readonly answer: ViewerAnswer },
): ViewerAnswer {
  const { answer } = given;
  const { outcome } = runFunction(context, arn, {
    eventType: 'viewer-response',
    request: given.request,
    response: {
      statusCode: answer.status,
      headers: toFields(answer.headers),
      cookies: toCookieFields(answer.headers),
    },
  });
  if (outcome.kind === 'failed') return failureOf(outcome);
  return outcome.kind === 'response' ? applyResponse(answer, outcome.response) : answer;
}

const NO_BODY = Buffer.alloc(0);

function runFunction(
  context: FunctionContext,
  arn: string,
  given: { eventType: EventType; request: EventRequest; response?: EventResponse },
): FunctionRun {
  const { cloudfront, clock, distribution, requestId, query } = context;
  const version = cloudfront.functions.running(arn);
  if (version === undefined) throw new Error(`The function ${arn} is not published.`);
  const { eventType, ...exchange } = given;
  const event: FunctionEvent = {
    version: '1.0',
    context: {
      distributionDomainName: distribution.domain,
      endpoint: distribution.domain,
      distributionId: distribution.id,
      eventType,
      requestId,
    },
    viewer: { ip: context.ip },
    ...exchange,
  };
  const store = version.store === undefined ? undefined : cloudfront.stores.view(version.store);
  const { code } = version;
  const run = cloudfront.runtime.run({
    code,
    event,
    query: { sent: query },
    store,
    now: clock.now(),
  });
  for (const line of run.logs) context.log(`${arn} ${requestId} ${line}`);
  if (run.outcome.kind === 'failed') {
    context.log(`${arn} ${requestId} ${run.outcome.message}`);
    context.functionFailed?.({ name: arn.slice(arn.indexOf('/') + 1), by: run.outcome.by });
  }
  return run;
}

function applyResponse(before: ViewerAnswer, response: EventResponse): ViewerAnswer {
  const { statusCode, statusDescription, body } = response;
  const status = {
    status: statusCode,
    ...(statusDescription === undefined ? {} : { reason: statusDescription }),
  };
  const headers = fromFields(before.headers, response);
  return { ...status, headers, body: body === undefined ? before.body : readBody(body) };
}

function readBody(body: NonNullable<EventResponse['body']>): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.from(body.data, body.encoding === 'base64' ? 'base64' : 'utf8');
}

function failureOf({ by }: { readonly by: 'execution' | 'validation' }): ViewerAnswer {
  return by === 'execution'
    ? errorPage(503, 'The CloudFront function could not run.', 'FunctionExecutionError')
    : errorPage(
        502,
        'The CloudFront function returned an invalid value.',
        'FunctionValidationError',
      );
}
