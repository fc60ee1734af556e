import { beforeAll, describe, expect, it } from 'vitest';
import { composeEdge } from '../../../edge/build.ts';
import type { EdgeBundle } from '../../../controller/ports/edge-bundler.ts';
import {
  applyDecision,
  applyMarks,
  toVisitor,
} from '../../../edge/cloudfront-function/translate.ts';
import type { CloudFrontResponse, RequestEvent } from '../../../edge/cloudfront-function/event.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { FloorTable } from '../../../edge/contract/route.ts';
import { decide } from '../../../edge/core/decide.ts';
import { floorRoute, readRoute } from '../../../edge/core/read-route.ts';
import { missing } from '../../depth.ts';
import {
  renderRequestOutput,
  renderResponseOutput,
  toRequestEvent,
  toResponseEvent,
} from '../../vectors/cloudfront-event.ts';
import type { Output } from '../../vectors/cloudfront-event.ts';
import { requestVectors, responseVectors } from '../../vectors/edge.ts';
import type { RequestVector } from '../../vectors/edge.ts';
import { hasNjs, listEngines, runBatch } from '../../vectors/engines.ts';
import type { Batch, BatchResult } from '../../vectors/engines.ts';

// Every vector has a host of its own, so that one batch, one store and one floor table hold them all.
const hostOf = (index: number) => `v${index}.example.com`;
const entries = <Value>(pick: (vector: RequestVector) => Value | undefined) =>
  Object.fromEntries(
    requestVectors.flatMap((vector, index) => {
      const value = pick(vector);
      return value === undefined ? [] : [[hostOf(index), value] as const];
    }),
  );
const floors: FloorTable = entries((vector) => vector.floor);
const requests: Batch = {
  store: entries((vector) => vector.stored),
  failures: entries((vector) => vector.failures),
  // CloudFront's Host is as the viewer wrote it.
  events: requestVectors.map(({ request }, index) =>
    toRequestEvent(request, `${hostOf(index).toUpperCase()}:8443`),
  ),
};
const responses: Batch = {
  store: {},
  failures: {},
  events: responseVectors.map((vector) => toResponseEvent(vector)),
};

describe('core', () => {
  it.each(requestVectors)('$name', (vector) => {
    const event = toRequestEvent(vector.request, 'unused');
    const decision = decideAsHandler(vector, event);
    expect(renderRequestOutput(applyDecision(decision, event.request))).toBe(vector.expect);
  });

  it.each(responseVectors)('$name', (vector) => {
    expect(renderResponseOutput(applyMarks(toResponseEvent(vector)))).toBe(vector.expect);
  });
});

/** The way of the handler without its reads. */
function decideAsHandler({ stored, failures = 0, floor }: RequestVector, event: RequestEvent) {
  const visitor = toVisitor(event);
  try {
    const route = stored !== undefined && failures < 2 && readRoute(stored);
    if (route) return decide(route, visitor);
  } catch {
    // Unreadable: the floor.
  }
  return decide(floorRoute(floor, visitor.page), visitor);
}

if (!hasNjs()) missing('njs', 'apt-get install njs');

describe.each(listEngines())('the bundle in %s', (_name, run) => {
  let bundle: EdgeBundle;
  let requested: BatchResult;
  let responded: BatchResult;
  beforeAll(async () => {
    bundle = await composeEdge();
    requested = await runBatch(run, withFloor(bundle.request.code, floors), requests);
    responded = await runBatch(run, bundle.response.code, responses);
  });

  it.each(requestVectors.map((vector, index) => ({ ...vector, index })))(
    '$name',
    ({ index, expect: expected }) => {
      expect(renderRequestOutput(requested.outputs[index] as Output)).toBe(expected);
    },
  );

  it.each(responseVectors.map((vector, index) => ({ ...vector, index })))(
    '$name',
    ({ index, expect: expected }) => {
      expect(renderResponseOutput(responded.outputs[index] as CloudFrontResponse)).toBe(expected);
    },
  );

  it('reads once, and a second time only when the first was no use', () => {
    const expected = requestVectors.map(({ stored, failures = 0 }) =>
      failures > 0 || !isUsable(stored) ? 2 : 1,
    );
    expect(requestVectors.map((_vector, index) => requested.reads[hostOf(index)])).toEqual(
      expected,
    );
  });
});

function isUsable(stored: string | undefined): boolean {
  try {
    const route = readRoute(stored ?? '');
    return route !== false && route.pool !== null;
  } catch {
    return false;
  }
}
