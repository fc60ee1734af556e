import { expect, it } from 'vitest';
import { composeEdge } from '../../../edge/build.ts';
import type {
  CloudFrontRequest,
  CloudFrontResponse,
} from '../../../edge/cloudfront-function/event.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { Route } from '../../../edge/contract/route.ts';
import {
  renderOrigin,
  renderRequestOutput,
  toRequestEvent,
} from '../../vectors/cloudfront-event.ts';
import type { Output } from '../../vectors/cloudfront-event.ts';
import type { EdgeRequest, Values } from '../../vectors/edge.ts';
import { listEngines, runBatch } from '../../vectors/engines.ts';
import type { Engine } from '../../vectors/engines.ts';
import { heldChange, originHeaders, routeChanges, withJar } from '../../vectors/route-changes.ts';
import type { RouteChange } from '../../vectors/route-changes.ts';
import { NOW, ring } from '../../vectors/tokens.ts';

const table = [...routeChanges, heldChange];
const hostOf = (index: number) => `c${index}.example.com`;
const store = (pick: (change: RouteChange) => Route) => ({
  ...Object.fromEntries(table.map((one, index) => [hostOf(index), JSON.stringify(pick(one))])),
  'keys/shop/prod': JSON.stringify(ring),
});
const BEFORE = store(({ before }) => before);
const AFTER = store(({ after }) => after);

async function runRequests(
  run: Engine,
  stored: Values,
  requests: readonly (readonly [index: number, request: EdgeRequest])[],
) {
  const { request } = await composeEdge(EDGE_FEATURES);
  const { outputs, origins } = await runBatch(run, withFloor(request.code, {}), {
    store: stored,
    failures: {},
    events: requests.map(([index, one]) => toRequestEvent(one, hostOf(index))),
    now: NOW,
  });
  return outputs.map((output, index) => ({
    output: output as CloudFrontRequest,
    served: renderRequestOutput(output as Output, renderOrigin(origins[index])),
  }));
}

/** Under the new route: whoever decided again here would find it. */
async function runResponses(run: Engine, requested: readonly CloudFrontRequest[]) {
  const { response } = await composeEdge(EDGE_FEATURES);
  const events = table.map((change, index) => {
    const request = requested[index];
    const headers = Object.entries(originHeaders(change, request?.uri ?? ''));
    const fields = Object.fromEntries(headers.map(([name, value]) => [name, { value }]));
    const { requestId = 'a' } = change.request;
    const answer = { statusCode: 200, headers: fields, cookies: {} };
    return { context: { requestId }, viewer: { ip: '192.0.2.1' }, request, response: answer };
  });
  return runBatch(run, response.code, { store: AFTER, failures: {}, events, now: NOW });
}

function renderMarks({ statusCode, headers, cookies = {} }: CloudFrontResponse): string {
  const isStored = headers['cache-control']?.value !== 'no-store';
  return [
    ...(statusCode === 200 ? [] : [isStored ? `${statusCode}, stored` : statusCode]),
    headers['x-headgate-build']?.value ?? [],
    headers['x-robots-tag']?.value ?? [],
    ...Object.keys(cookies),
  ]
    .flat()
    .join(' ');
}

it.each(listEngines())('the route changes between the two functions, in %s', async (_name, run) => {
  const requests = table.map(({ request }, index) => [index, request] as const);
  const requested = await runRequests(run, BEFORE, requests);
  const { outputs, reads } = await runResponses(
    run,
    requested.map(({ output }) => output),
  );
  const marked = outputs as readonly CloudFrontResponse[];
  expect(reads).toEqual({});

  const later = table.flatMap(({ request, next }, index) => {
    const set = Object.entries(marked[index]?.cookies ?? {});
    const jar = {
      ...request.cookies,
      ...Object.fromEntries(set.map(([name, field]) => [name, field?.value ?? ''])),
    };
    return next.map(([one]) => [index, withJar(one, jar)] as const);
  });
  const followed = await runRequests(run, AFTER, later);
  const got = table.map(({ name }, index) => ({
    name,
    served: requested[index]?.served,
    marks: marked[index] && renderMarks(marked[index]),
    next: followed.filter((_one, at) => later[at]?.[0] === index).map(({ served }) => served),
  }));
  expect(got).toEqual(
    table.map(({ name, served, marks, next }) => ({
      name,
      served,
      marks,
      next: next.map(([, one]) => one),
    })),
  );
});
