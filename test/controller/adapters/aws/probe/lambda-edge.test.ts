import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LAMBDA_EDGE_LISTINGS } from '../../../../../controller/adapters/aws/probe/lambda-edge/left-overs.ts';
import { measureLambdaEdge } from '../../../../../controller/adapters/aws/probe/lambda-edge.ts';
import { STATEMENTS } from '../../../../../controller/core/doctor/probe/statements.ts';
import { full, tellSkipped } from '../../../../depth.ts';
import { startTestCloud, type TestCloud } from '../../../local/harness.ts';
import { measurePart } from './measure-part.ts';

tellSkipped('what doctor --probe sees of Lambda@Edge, on the local cloud');

let cloud: TestCloud;

beforeEach(async () => {
  cloud = await startTestCloud({ speed: 20 });
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await cloud.close();
});

describe.skipIf(!full)('Lambda@Edge', () => {
  it('finds all as the local cloud has it, and leaves what has replicas to a later run', async () => {
    const found = await measurePart(measureLambdaEdge, cloud.edgeUrl);
    const { measured, left, later, clients } = found;
    expect(measured.filter(({ outcome }) => outcome !== 'holds')).toEqual([]);
    const asked = STATEMENTS.filter(
      ({ measured: by }) => 'part' in by && by.part === 'lambda-edge',
    );
    expect(measured.map(({ id }) => id).toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
    expect(left).toEqual([]);
    expect(later).toEqual([expect.stringContaining('replica'), expect.stringContaining('replica')]);
    const [listing] = LAMBDA_EDGE_LISTINGS;
    const names = (await listing?.list(clients))?.map(({ name }) => name);
    expect(names?.toSorted()).toEqual([
      'headgate-probe-test-lambda',
      'headgate-probe-test-loading',
    ]);
  });
});
