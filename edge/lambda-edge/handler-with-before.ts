import { before } from 'headgate:before';
import { GOLDEN_HOST } from '../contract/route.ts';
import type { LambdaEvent, LambdaRequest, LambdaResponse } from './event.ts';
import { handler as route } from './handler.ts';
import { readHeader } from './translate.ts';

/** viewer-request with the team's own code first: its response is the answer, its request goes on to ours. */
export async function handler(event: LambdaEvent): Promise<LambdaRequest | LambdaResponse> {
  const exchange = event.Records[0].cf;
  const isGolden = readHeader(exchange.request.headers, 'host').includes(GOLDEN_HOST);
  if (exchange.config.eventType === 'viewer-request' && !isGolden) {
    const given = await before(event);
    if (given && 'status' in given) return given;
    if (given) exchange.request = given;
  }
  return await route(event);
}
