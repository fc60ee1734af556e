import { afterAll, beforeAll, expect, it } from 'vitest';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { Route } from '../../../edge/contract/route.ts';
import type { LambdaRequest } from '../../../edge/lambda-edge/event.ts';
import { renderRequestOutput } from '../../vectors/cloudfront-event.ts';
import { floor, HOST } from '../../vectors/edge.ts';
import type { EdgeRequest } from '../../vectors/edge.ts';
import { startAws } from '../../vectors/lambda-aws.ts';
import type { ScriptedAws } from '../../vectors/lambda-aws.ts';
import { loadLambda } from '../../vectors/lambda-engine.ts';
import type { LambdaHandler } from '../../vectors/lambda-engine.ts';
import {
  toCloudFrontResponse,
  toLambdaRequest,
  toLambdaResponse,
  toOutput,
} from '../../vectors/lambda-event.ts';
import { originHeaders, routeChanges, withJar } from '../../vectors/route-changes.ts';
import { MASTERS, NOW } from '../../vectors/tokens.ts';

/** What an instance that reads its route now gets. */
let stored: Route;
let code: string;
let aws: ScriptedAws;
beforeAll(async () => {
  aws = await startAws(({ operation, input }) => {
    if (operation === 'GetParameter') return { Parameter: { Value: JSON.stringify(stored) } };
    const { Path } = input;
    return {
      Parameters: MASTERS.map(({ kid, secret }) => ({
        Name: `${String(Path)}/${kid}`,
        Value: secret,
      })),
    };
  });
  ({ code } = await composeLambdaEdge(EDGE_FEATURES, { routeMaxAgeSeconds: 10 }));
});
afterAll(() => aws.close());

async function startOn(route: Route): Promise<LambdaHandler> {
  stored = route;
  const handler = loadLambda(withFloor(code, { [HOST]: floor }), {
    environment: aws.environment,
    now: () => NOW * 1000,
  });
  // From here on the route is in its memory.
  await handler(toLambdaRequest({ path: '/_headgate/build' }, HOST));
  return handler;
}

const ask = async (handler: LambdaHandler, request: EdgeRequest) =>
  (await handler(toLambdaRequest(request, HOST))) as LambdaRequest;

const render = (output: LambdaRequest) => renderRequestOutput(toOutput(output));

it.each(routeChanges)('the route changes between the triggers: $name', async (change) => {
  const requested = await ask(await startOn(change.before), change.request);
  expect(render(requested)).toBe(change.served);
  // CloudFront runs the other triggers where it likes: on an instance that knows the new route only.
  const elsewhere = await startOn(change.after);
  const reads = aws.requests.length;
  const values = Object.entries(requested.headers).map(([name, lines]) => [
    name,
    lines?.[0]?.value ?? '',
  ]);
  const event = toLambdaResponse({
    name: change.name,
    request: { ...change.request, headers: Object.fromEntries(values) as Record<string, string> },
    headers: originHeaders(change, requested.uri),
    expect: '',
  });
  const { headers, cookies = {} } = toCloudFrontResponse((await elsewhere(event)) as never);
  const marks = [headers['x-headgate-build']?.value, headers['x-robots-tag']?.value];
  const told = [...marks, ...Object.keys(cookies)].filter((one) => one !== undefined);
  expect(told.join(' ')).toBe(change.marks);
  expect(aws.requests.length).toBe(reads);

  const set = Object.entries(cookies).map(([name, field]) => [name, field?.value ?? '']);
  const jar = { ...change.request.cookies, ...(Object.fromEntries(set) as Record<string, string>) };
  for (const [request, served] of change.next) {
    expect(render(await ask(elsewhere, withJar(request, jar)))).toBe(served);
  }
});
