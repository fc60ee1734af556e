import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { composeEdge } from '../../../edge/build.ts';
import {
  applyDecision,
  applyMarks,
  toVisitor,
} from '../../../edge/cloudfront-function/translate.ts';
import type { CloudFrontResponse } from '../../../edge/cloudfront-function/event.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import type { EdgeFeature } from '../../../edge/contract/features.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { FloorTable } from '../../../edge/contract/route.ts';
import { decide } from '../../../edge/core/decide.ts';
import { readField } from '../../../edge/core/fields.ts';
import { floorRoute, readRoute } from '../../../edge/core/read-route.ts';
import type { Visitor } from '../../../edge/core/visitor.ts';
import { missing } from '../../depth.ts';
import { assignmentVectors } from '../../vectors/assignment.ts';
import {
  renderOrigin,
  renderRequestOutput,
  renderResponseOutput,
  toRequestEvent,
  toResponseEvent,
} from '../../vectors/cloudfront-event.ts';
import type { Output } from '../../vectors/cloudfront-event.ts';
import { NOW, requestVectors, responseVectors } from '../../vectors/edge.ts';
import type { RequestVector, ResponseVector } from '../../vectors/edge.ts';
import { hasNjs, listEngines, runBatch } from '../../vectors/engines.ts';
import type { BatchResult, Engine } from '../../vectors/engines.ts';
import { hostileVectors } from '../../vectors/hostile.ts';
import { lineVectors } from '../../vectors/lines.ts';
import { targetVectors } from '../../vectors/targets.ts';

const table = [
  ...requestVectors,
  ...assignmentVectors,
  ...hostileVectors,
  ...targetVectors,
  ...lineVectors,
];

it('is one table of many cases', () => {
  expect(table.length + responseVectors.length).toBeGreaterThanOrEqual(300);
});

describe('core', () => {
  beforeAll(() => void vi.spyOn(Date, 'now').mockReturnValue(NOW * 1000));
  afterAll(() => void vi.restoreAllMocks());

  it.each(table)('$name', (vector) => {
    const event = toRequestEvent(vector.request, 'unused');
    const visitor = toVisitor(event);
    const decision = decideAsHandler(vector, visitor);
    const output = applyDecision(decision, event.request, visitor);
    const origin = 'uri' in decision ? decision.origin : undefined;
    expect(renderRequestOutput(output, origin)).toBe(vector.expect);
    expect(visitor.line).toBe(vector.line);
  });

  it.each(responseVectors)('$name', (vector) => {
    const output = applyMarks(toResponseEvent(vector));
    expect(renderResponseOutput(output)).toBe(expectedMarks(vector, ['session']));
  });
});

/** The way of the handler without its reads. */
function decideAsHandler(vector: RequestVector, visitor: Visitor) {
  const page = readField(visitor.cookies, 'hg_build');
  return decideByRoute(vector, visitor) ?? decide(floorRoute(vector.floor, page), visitor);
}

function decideByRoute({ stored, failures = 0 }: RequestVector, visitor: Visitor) {
  try {
    const route = stored !== undefined && failures < 2 && readRoute(stored);
    return route ? decide(route, visitor) : undefined;
  } catch {
    // Unreadable: the floor.
    return undefined;
  }
}

function expectedMarks(vector: ResponseVector, features: readonly EdgeFeature[]): string {
  if (vector.session === undefined || !features.includes('session')) return vector.expect;
  return `${vector.expect} hg_session=${vector.session}.${NOW.toString(36)}`;
}

if (!hasNjs()) missing('njs', 'apt-get install njs');

interface Bundle {
  readonly run: Engine;
  readonly features: readonly EdgeFeature[];
}

const bundles = [[], EDGE_FEATURES].flatMap((features) =>
  listEngines().map(([name, run]) => ({
    name,
    run,
    features,
    of: features.join('+') || 'nothing',
  })),
);

describe.each(bundles)('the bundle of $of in $name', ({ run, features }: Bundle) => {
  const vectors = table
    .filter((vector) => vector.features?.every((one) => features.includes(one)) ?? true)
    .map((vector, index) => ({ ...vector, index }));
  let requested: BatchResult;
  let responded: BatchResult;
  beforeAll(async () => {
    const bundle = await composeEdge(features);
    requested = await runRequests(run, bundle.request.code, vectors);
    const events = responseVectors.map((vector) => toResponseEvent(vector));
    const batch = { store: {}, failures: {}, events, now: NOW };
    responded = await runBatch(run, bundle.response.code, batch);
  });

  it.each(vectors)('$name', ({ index, expect: expected, line }) => {
    const origin = renderOrigin(requested.origins[index]);
    expect(renderRequestOutput(requested.outputs[index] as Output, origin)).toBe(expected);
    const isLogged = line !== undefined && features.includes('beacon');
    expect(requested.lines[index]).toEqual(isLogged ? [line] : []);
  });

  it.each(responseVectors.map((vector, index) => ({ ...vector, index })))(
    '$name',
    ({ index, ...vector }) => {
      const output = responded.outputs[index] as CloudFrontResponse;
      expect(renderResponseOutput(output)).toBe(expectedMarks(vector, features));
    },
  );

  it('reads once, and a second time only when the first was no use', () => {
    const expected = vectors.map((vector) => {
      const visitor = toVisitor(toRequestEvent(vector.request, 'unused'));
      const readable = decideByRoute(vector, visitor);
      return (vector.failures ?? 0) > 0 || readable === undefined ? 2 : 1;
    });
    expect(vectors.map((_vector, index) => requested.reads[hostOf(index)])).toEqual(expected);
  });
});

// Every vector has a host of its own, so that one batch, one store and one floor table hold them all.
const hostOf = (index: number) => `v${index}.example.com`;

function runRequests(run: Engine, code: string, vectors: readonly RequestVector[]) {
  const byHost = <Value>(pick: (vector: RequestVector) => Value | undefined) =>
    Object.fromEntries(
      vectors.flatMap((vector, index) => {
        const value = pick(vector);
        return value === undefined ? [] : [[hostOf(index), value] as const];
      }),
    );
  const floors: FloorTable = byHost((vector) => vector.floor);
  return runBatch(run, withFloor(code, floors), {
    store: byHost((vector) => vector.stored),
    failures: byHost((vector) => vector.failures),
    // CloudFront's Host is as the viewer wrote it.
    events: vectors.map(({ request }, index) =>
      toRequestEvent(request, `${hostOf(index).toUpperCase()}:8443`),
    ),
    queries: vectors.map(({ request }) => request.query ?? ''),
    now: NOW,
  });
}
