import { afterAll, beforeAll, expect, it } from 'vitest';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { withFloor } from '../../../edge/contract/floor.ts';
import { navigation, route } from '../../vectors/edge.ts';
import { gate } from '../../vectors/gate.ts';
import { startAws, type AwsRequest, type ScriptedAws } from '../../vectors/lambda-aws.ts';
import { loadLambda } from '../../vectors/lambda-engine.ts';
import { toLambdaRequest, toOutput } from '../../vectors/lambda-event.ts';
import { NOW } from '../../vectors/tokens.ts';

const HOST = 'shop.example.com';
const OLD = 'k1';
/** Made just now. */
const NEW = `k${(NOW * 1000).toString(36)}`;

const stored = JSON.stringify({ ...route, gate: { ...gate, open: 1, rate: 10_000 } });
const request = navigation('/shop/cart');

let aws: ScriptedAws;
let code: string;
beforeAll(async () => {
  aws = await startAws(answer);
  const composed = await composeLambdaEdge(['gate'], { routeMaxAgeSeconds: 10 });
  code = withFloor(composed.code, { [HOST]: ['shop', 'prod', 'us-east-1', '1039', 1, 'pages'] });
});
afterAll(() => aws.close());

/** What SSM says in the place of its answer, if anything. */
let broken: string | undefined;

function answer({ operation, input }: AwsRequest): unknown {
  if (operation === 'GetParameter') return { Parameter: { Value: stored } };
  if (broken !== undefined) return broken;
  const named = [NEW, OLD].map((kid) => ({ Name: `${String(input['Path'])}/${kid}`, Value: kid }));
  return { Parameters: named };
}

it.each([
  ['signs nothing at first, since other instances may not know it', 69, OLD],
  ['signs once all have read their keys anew', 70, NEW],
])('a new key %s', async (_, seconds, kid) => {
  const now = () => (NOW + seconds) * 1000;
  const handler = loadLambda(code, { environment: aws.environment, now });
  const output = toOutput(await handler(toLambdaRequest(request, HOST)));
  const told = 'uri' in output ? output.headers['x-headgate-gate']?.value : undefined;
  expect(told?.split('~')[2]).toBe(kid);
});

it('no key is in the log, also when what SSM answers is cut off', async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const handler = loadLambda(code, { environment: aws.environment, now: () => NOW * 1000, log });
  broken = '{"Value": secret}';
  await handler(toLambdaRequest(request, HOST));
  broken = undefined;
  expect(lines.join('')).toContain('GetParametersByPath in us-east-1: the answer is not JSON');
  expect(lines.join('')).not.toContain('secret');
});
