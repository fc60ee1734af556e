import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EDGE_LOG_LISTINGS } from '../../../../../controller/adapters/aws/probe/at-edge/left-overs.ts';
import { measureEdge } from '../../../../../controller/adapters/aws/probe/edge.ts';
import { STATEMENTS } from '../../../../../controller/core/doctor/probe/statements.ts';
import { full, tellSkipped } from '../../../../depth.ts';
import { startTestCloud, type TestCloud } from '../../../local/harness.ts';
import { measurePart } from './measure-part.ts';

tellSkipped('what doctor --probe sees of the edge, on the local cloud');

let cloud: TestCloud;

beforeEach(async () => {
  cloud = await startTestCloud({ speed: 20, propagationSeconds: 4 });
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await cloud.close();
});

describe.skipIf(!full)('the edge', () => {
  it('finds all as the local cloud has it, and takes away what it made', async () => {
    const { measured, times, left, later, clients } = await measurePart(measureEdge, cloud.edgeUrl);
    // On a slow machine the store is ready before anybody asked.
    const others = measured.filter(({ id }) => id !== 'store-provisioning');
    expect(others.filter(({ outcome }) => outcome !== 'holds')).toEqual([]);
    const asked = STATEMENTS.filter(({ measured: by }) => 'part' in by && by.part === 'edge');
    // Which the report takes from the times.
    const ids = ['keys-minute', ...measured.map(({ id }) => id)];
    expect(ids.toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
    expect(times).toHaveLength(2);
    expect([...left, ...later]).toEqual([]);
    for (const listing of EDGE_LOG_LISTINGS) expect(await listing.list(clients)).toEqual([]);
  });
});
