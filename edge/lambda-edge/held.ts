import type { Floor } from '../contract/route.ts';
import { markGate } from '../core/mark-gate.ts';
import type { Visitor } from '../core/visitor.ts';
import type { LambdaResponse } from './event.ts';
import { addCookies, makeResponse, setHeader } from './translate.ts';
import { BUILT_IN_PAGE, fetchPage } from './waiting-page.ts';
import type { Page } from './waiting-page.ts';

/** CloudFront takes no larger answer from viewer-request, headers included. */
const ANSWER_BYTES_LIMIT = 40 * 1024;

/**
 * The waiting page, if the gate holds this visitor: viewer-response can't change a status here, so the
 * page is answered instead of fetched. `uri` is where it lies.
 */
export async function answerHeld(
  uri: string,
  visitor: Visitor,
  floor: Floor | undefined,
): Promise<LambdaResponse | undefined> {
  const marks = markGate(visitor, visitor.told || '');
  const status = marks?.status;
  if (!marks || status === undefined) return undefined;
  const isHead = visitor.method === 'HEAD';
  const show = ({ type, body }: Page): LambdaResponse => {
    const response = makeResponse(status, isHead ? '' : body);
    setHeader(response.headers, 'content-type', type);
    setHeader(response.headers, 'cache-control', 'no-store');
    setHeader(response.headers, 'retry-after', marks.retryAfter);
    addCookies(response.headers, marks.cookies);
    return response;
  };
  const page = floor && (await fetchPage(floor, uri));
  const response = page && show(page);
  const isSmall = response && Buffer.byteLength(JSON.stringify(response)) <= ANSWER_BYTES_LIMIT;
  return isSmall ? response : show(BUILT_IN_PAGE);
}
