import type { LambdaAssociation } from '../cloudfront/lambda-rules.ts';
import type { EdgeBehaviour, Origin } from './configuration.ts';
import {
  composeBody,
  fromLambdaHeaders,
  fromOriginCall,
  type LambdaHeaders,
} from './lambda-event.ts';
import { readRequestOutput, type RequestOutput } from './lambda-output.ts';
import type { OriginAnswer, OriginCall } from './origin.ts';
import {
  applyBody,
  applyResponse,
  NO_BODY,
  runLambda,
  runResponseLambda,
  type LambdaContext,
} from './run-lambda.ts';

/** What runs around a request to the origin, so on a cache miss only. */
export interface OriginTriggers {
  /** What to ask, and whom; or an answer that stands for the origin's. */
  before(call: OriginCall): Promise<OriginCall | { readonly answer: OriginAnswer }>;
  after(call: OriginCall, answer: OriginAnswer): Promise<OriginAnswer>;
}

export function createOriginTriggers(
  context: LambdaContext,
  { lambdas }: EdgeBehaviour,
): OriginTriggers {
  const request = lambdas.get('origin-request');
  const response = lambdas.get('origin-response');
  return {
    before: async (call) =>
      request === undefined ? call : await runOriginRequest(context, request, call),
    after: async (call, answer) =>
      response === undefined
        ? answer
        : await runResponseLambda(context, response, {
            request: fromOriginCall(context.ip, call),
            answer,
          }),
  };
}

async function runOriginRequest(
  context: LambdaContext,
  association: LambdaAssociation,
  call: OriginCall,
): Promise<OriginCall | { readonly answer: OriginAnswer }> {
  const seen = fromOriginCall(context.ip, call);
  const body = composeBody(call.request.body, 'origin');
  const request = association.includesBody ? { ...seen, body } : seen;
  const result = await runLambda(context, association, {
    exchange: { request },
    read: (output) => readRequestOutput('origin-request', request, output),
  });
  if ('response' in result) {
    return { answer: applyResponse({ status: 200, headers: {}, body: NO_BODY }, result.response) };
  }
  const { uri, querystring, headers, origin } = result.request;
  return {
    origin: origin === undefined ? call.origin : toOrigin(origin, call.origin),
    request: {
      method: call.request.method,
      path: uri,
      query: querystring,
      headers: joinHeaders(headers),
      body: applyBody(call.request.body, result.request),
    },
  };
}

function toOrigin(written: NonNullable<RequestOutput['origin']>, before: Origin): Origin {
  const parts = 's3' in written ? written.s3 : written.custom;
  const { custom } = 'custom' in written ? written : { custom: undefined };
  return {
    domain: parts.domainName,
    path: parts.path,
    protocol: custom?.protocol ?? 'http',
    port: custom?.port ?? 80,
    headers: joinHeaders(parts.customHeaders),
    isSigned: before.isSigned,
    readSeconds: custom?.readTimeout ?? before.readSeconds,
  };
}

function joinHeaders(headers: LambdaHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fromLambdaHeaders(headers)).map(([name, value]) => [
      name.toLowerCase(),
      [value].flat().join(','),
    ]),
  );
}
