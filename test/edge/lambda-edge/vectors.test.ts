import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import type { EdgeFeature } from '../../../edge/contract/features.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import type { Floor } from '../../../edge/contract/route.ts';
import { readRoute } from '../../../edge/core/read-route.ts';
import { assignmentVectors } from '../../vectors/assignment.ts';
import { renderRequestOutput, renderResponseOutput } from '../../vectors/cloudfront-event.ts';
import { floor, NOW, requestVectors, responseVectors } from '../../vectors/edge.ts';
import type { RequestVector } from '../../vectors/edge.ts';
import { hostileVectors } from '../../vectors/hostile.ts';
import { lineVectors } from '../../vectors/lines.ts';
import { targetVectors } from '../../vectors/targets.ts';
import { startAws } from '../../vectors/lambda-aws.ts';
import type { AwsRequest, ScriptedAws } from '../../vectors/lambda-aws.ts';
import { loadLambda } from '../../vectors/lambda-engine.ts';
import type { LambdaHandler } from '../../vectors/lambda-engine.ts';
import {
  toCloudFrontResponse,
  toLambdaRequest,
  toLambdaResponse,
  toOutput,
} from '../../vectors/lambda-event.ts';
import type { LambdaOutput } from '../../vectors/lambda-event.ts';

const table = [
  ...requestVectors,
  ...assignmentVectors,
  ...hostileVectors,
  ...targetVectors,
  ...lineVectors,
];

describe.each([{ features: [] }, { features: EDGE_FEATURES }])(
  'the Lambda@Edge bundle of $features',
  ({ features }: { features: readonly EdgeFeature[] }) => {
    const vectors = table
      .filter((vector) => vector.features?.every((one) => features.includes(one)) ?? true)
      .map((vector, index) => ({ ...vector, index }));
    let aws: ScriptedAws;
    let handler: LambdaHandler;
    let lines: string[] = [];
    beforeAll(async () => {
      aws = await startAws((request) => answerRead(vectors, aws, request));
      const { code } = await composeLambdaEdge(features, { routeMaxAgeSeconds: 10 });
      const floors = Object.fromEntries(vectors.flatMap(toFloorRow));
      handler = loadLambda(withFloor(code, floors), {
        environment: aws.environment,
        now: () => NOW * 1000,
        print: (text) => lines.push(text),
      });
    });
    afterAll(() => aws.close());

    it.each(vectors)('$name', async ({ index, request, ...vector }) => {
      lines = [];
      const event = toLambdaRequest(request, `${hostOf(index).toUpperCase()}:8443`);
      const output = await handler(event);
      expect(renderRequestOutput(toOutput(output))).toBe(vector.expect);
      const isLogged = vector.line !== undefined && features.includes('beacon');
      expect(lines).toEqual(isLogged ? [vector.line] : []);
      expect(queryOf(output)).toBe('uri' in output ? (request.query ?? '') : undefined);
      const reads = aws.requests.filter(({ region }) => region === regionOf(index));
      expect(reads.length).toBe(expectedReads(vector));
    });

    it.each(responseVectors)('$name', async (vector) => {
      const output = await handler(toLambdaResponse(vector));
      const marks = renderResponseOutput(toCloudFrontResponse(output as never));
      const session = features.includes('session') && vector.session;
      const more = session ? ` hg_session=${vector.session}.${NOW.toString(36)}` : '';
      expect(marks).toBe(vector.expect + more);
    });
  },
);

// Every vector has a host and a region of its own, so that one instance serves them all.
const hostOf = (index: number) => `v${index}.example.com`;
const regionOf = (index: number) => `v${index}`;

/** Without a row the function can't know where the route is. */
function toFloorRow(vector: RequestVector, index: number): [string, Floor][] {
  const row = vector.floor ?? (vector.stored === undefined ? undefined : floor);
  if (row === undefined) return [];
  const [app, environment, , ...rest] = row;
  return [[hostOf(index), [app, environment, regionOf(index), ...rest]]];
}

function answerRead(
  vectors: readonly RequestVector[],
  { requests }: ScriptedAws,
  { region, input }: AwsRequest,
): unknown {
  const { stored, failures = 0 } = vectors[Number(region.slice(1))] ?? {};
  expect(input).toEqual({ Name: '/headgate/shop/prod/route' });
  if (requests.filter((one) => one.region === region).length <= failures) throw new Error('broken');
  if (stored === undefined) throw new Error('ParameterNotFound');
  return { Parameter: { Value: stored } };
}

/** Once, and a second time only when the first was no use. */
function expectedReads({
  name,
  stored,
  failures = 0,
  floor: row,
}: Omit<RequestVector, 'request'>): number {
  if (stored === undefined) return row === undefined ? 0 : 2;
  const isBroken = name.startsWith('unreadable: ') || !isReadable(stored);
  return failures > 0 || isBroken ? 2 : 1;
}

function isReadable(stored: string): boolean {
  try {
    return readRoute(stored) !== false;
  } catch {
    return false;
  }
}

function queryOf(output: LambdaOutput): string | undefined {
  return 'querystring' in output ? output.querystring : undefined;
}
