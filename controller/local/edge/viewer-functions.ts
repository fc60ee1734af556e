import type { CloudFront } from '../cloudfront/cloudfront.ts';
import type {
  EventRequest,
  EventResponse,
  EventType,
  FunctionEvent,
} from '../function-runtime/event.ts';
import type { OriginChange } from '../function-runtime/origin-change.ts';
import type { FunctionRun, OriginChoice } from '../function-runtime/runtime.ts';
import type { CloudClock } from '../service.ts';
import { chooseTarget } from './chosen-target.ts';
import type { EdgeBehaviour, EdgeDistribution, Target } from './configuration.ts';
import type { EdgeOptions } from './edge.ts';
import { fromFields, resolveFields, toCookieFields, toFields } from './fields.ts';
import { errorPage, type ViewerAnswer } from './viewer.ts';

/** What both functions of one request share. */
export interface FunctionContext {
  readonly cloudfront: CloudFront;
  readonly clock: CloudClock;
  readonly log: (line: string) => void;
  readonly functionRan?: EdgeOptions['functionRan'];
  readonly distribution: EdgeDistribution;
  readonly requestId: string;
  readonly ip: string;
  readonly query: string | undefined;
}

/** Runs the viewer-request function: the request as it goes on, and to whom, or the answer that ends it. */
export function runViewerRequest(
  context: FunctionContext,
  behaviour: EdgeBehaviour,
  before: EventRequest,
): { readonly request: EventRequest; readonly target: Target } | { readonly answer: ViewerAnswer } {
  const { distribution } = context;
  const given = { eventType: 'viewer-request', request: before } as const;
  const choose = (change: OriginChange, request: EventRequest) =>
    chooseTarget(distribution, behaviour, { change, request });
  const origins = { ids: new Set(distribution.origins.keys()), check: choose };
  const arn = behaviour.viewerRequest ?? '';
  const { outcome, origin } = runFunction(context, arn, { ...given, origins });
  if (outcome.kind === 'failed') return { answer: failureOf(outcome) };
  if (outcome.kind === 'response') {
    const headers = { 'x-cache': 'FunctionGeneratedResponse from cloudfront' };
    const own = { status: 200, headers: { server: 'CloudFront', ...headers }, body: NO_BODY };
    return { answer: applyResponse(own, outcome.response) };
  }
  const { request } = outcome;
  return {
    target: origin === undefined ? behaviour.target : choose(origin, request),
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

interface Given {
  readonly eventType: EventType;
  readonly request: EventRequest;
  readonly response?: EventResponse;
  readonly origins?: OriginChoice;
}

function runFunction(context: FunctionContext, arn: string, given: Given): FunctionRun {
  const { cloudfront, clock, requestId, query } = context;
  const version = cloudfront.functions.running(arn);
  if (version === undefined) throw new Error(`The function ${arn} is not published.`);
  const { origins } = given;
  const run = cloudfront.runtime.run({
    code: version.code,
    event: composeEvent(context, given),
    query: { sent: query },
    store: version.store === undefined ? undefined : cloudfront.stores.view(version.store),
    ...(origins === undefined ? {} : { origins }),
    now: clock.now(),
  });
  for (const line of run.logs) context.log(`${arn} ${requestId} ${line}`);
  const { outcome, meter } = run;
  if (outcome.kind === 'failed') context.log(`${arn} ${requestId} ${outcome.message}`);
  const failedBy = outcome.kind === 'failed' ? outcome.by : undefined;
  context.functionRan?.({
    ...meter,
    name: arn.slice(arn.indexOf('/') + 1),
    failedBy,
    requestId,
    distributionId: context.distribution.id,
    logs: run.logs,
    isPrinting: version.code.includes('console.log'),
  });
  return run;
}

function composeEvent(
  { distribution, requestId, ip }: FunctionContext,
  { eventType, request, response }: Given,
): FunctionEvent {
  return {
    version: '1.0',
    context: {
      distributionDomainName: distribution.domain,
      endpoint: distribution.domain,
      distributionId: distribution.id,
      eventType,
      requestId,
    },
    viewer: { ip },
    request,
    ...(response === undefined ? {} : { response }),
  };
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
