import type { S3 } from '../s3/s3.ts';
import type { EdgeBehaviour, EdgeDistribution, Origin, Target } from './configuration.ts';
import type { OriginTriggers } from './lambda-origin.ts';
import { fetchOrigin, type OriginAnswer, type OriginRequest } from './origin.ts';

export interface TargetCall {
  readonly distribution: EdgeDistribution;
  readonly target: Target;
  readonly request: OriginRequest;
  /** Whether the second origin of a group may be asked, too. */
  readonly failsOver: boolean;
  /** None for error pages. */
  readonly triggers?: OriginTriggers;
}

/** Asks the primary origin, and the secondary one when that fails as the group says. */
export async function askTarget(s3: Pick<S3, 'readAs'>, call: TargetCall): Promise<OriginAnswer> {
  const { primary, secondary, failoverCodes } = call.target;
  const first = await ask(s3, call, primary);
  const isFinal = first.isGenerated || !call.failsOver || !isFailure(first.answer, failoverCodes);
  const last = secondary === undefined || isFinal ? first : await ask(s3, call, secondary);
  return await last.finish();
}

interface Asked {
  readonly answer: OriginAnswer;
  /** By origin-request, in the place of an answer of the origin. */
  readonly isGenerated: boolean;
  /** The answer after origin-response, which runs on the one that is used. */
  finish(): Promise<OriginAnswer>;
}

async function ask(
  s3: Pick<S3, 'readAs'>,
  { distribution, request, triggers }: TargetCall,
  origin: Origin,
): Promise<Asked> {
  const { hostHeader: host } = origin;
  const headers = host === undefined ? request.headers : { ...request.headers, host };
  const sent = { origin, request: { ...request, headers } };
  const call = (await triggers?.before(sent)) ?? sent;
  if ('answer' in call) {
    const { answer } = call;
    return { answer, isGenerated: true, finish: () => Promise.resolve(answer) };
  }
  const answer = await fetchOrigin(s3, distribution, call);
  const finish = async () =>
    answer.status === 304 ? answer : ((await triggers?.after(call, answer)) ?? answer);
  return { answer, isGenerated: false, finish };
}

/** No connection counts as a 503, no answer in time as a 504, whatever the viewer would be told. */
function isFailure({ status, failure }: OriginAnswer, codes: ReadonlySet<number>): boolean {
  if (failure === 'connection') return codes.has(503);
  if (failure === 'timeout') return codes.has(504);
  return codes.has(status);
}

/** CloudFront fails over on GET and HEAD, and on OPTIONS where that is a cached method. */
export function mayFailOver({ cachedMethods }: EdgeBehaviour, method: string): boolean {
  return (
    method === 'GET' || method === 'HEAD' || (method === 'OPTIONS' && cachedMethods.has(method))
  );
}
