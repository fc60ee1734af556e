import { afterAll, beforeAll, expect, it } from 'vitest';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { EDGE_FEATURES } from '../../../edge/contract/features.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import { floor, HOST } from '../../vectors/edge.ts';
import { startAws } from '../../vectors/lambda-aws.ts';
import type { ScriptedAws } from '../../vectors/lambda-aws.ts';
import { loadLambda } from '../../vectors/lambda-engine.ts';
import { toLambdaRequest, toOutput } from '../../vectors/lambda-event.ts';
import { closed, isTaken, kindCases, misjudged, present } from '../../vectors/token-kinds.ts';
import { MASTERS, NOW } from '../../vectors/tokens.ts';

let aws: ScriptedAws;
beforeAll(async () => {
  aws = await startAws(({ operation, input }) =>
    operation === 'GetParameter'
      ? { Parameter: { Value: JSON.stringify(closed) } }
      : {
          Parameters: MASTERS.map(({ kid, secret }) => ({
            Name: `${String(input['Path'])}/${kid}`,
            Value: secret,
          })),
        },
  );
});
afterAll(() => aws.close());

it('previews, priority and sessions count for what they were signed for, and for nothing else', async () => {
  const { code } = await composeLambdaEdge(EDGE_FEATURES, { routeMaxAgeSeconds: 10 });
  const handler = loadLambda(withFloor(code, { [HOST]: floor }), {
    environment: aws.environment,
    now: () => NOW * 1000,
  });
  const taken: (boolean | string)[] = [];
  for (const { kind, text } of kindCases) {
    // One after the other, as an instance gets them.
    const output = await handler(toLambdaRequest(present(kind, text), HOST));
    taken.push(isTaken(kind, toOutput(output)));
  }
  expect(misjudged((_one, index) => taken[index] ?? 'nothing')).toEqual([]);
});
