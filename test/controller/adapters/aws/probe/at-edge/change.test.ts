import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { expect, it, vi } from 'vitest';
import { lookAtChanges } from '../../../../../../controller/adapters/aws/probe/at-edge/change.ts';
import { MARKER } from '../../../../../../controller/adapters/aws/probe/at-edge/code.ts';

/** A CloudFront that says that for ever. */
function createClient(Status: string): CloudFrontClient {
  const client = new CloudFrontClient({ region: 'us-east-1' });
  const DistributionConfig = { CacheBehaviors: { Quantity: 0 } };
  const answer = { ETag: 'E1', DistributionConfig, Distribution: { Status } };
  return Object.assign(client, { send: async () => answer });
}

async function lookAt(status: string) {
  const own = { arn: 'arn', test: vi.fn(), publish: async () => {}, write: async () => {} };
  // The last answer is given again and again.
  const sights = [
    ...Array.from({ length: 10 }, () => ['first', 'old'] as const),
    ...Array.from({ length: 10 }, () => ['second', 'old'] as const),
    ['third', 'old'] as const,
    ['third', 'new'] as const,
  ];
  const visit = async () => {
    const [mark, body] = sights.length > 1 ? (sights.shift() ?? []) : (sights[0] ?? []);
    return { status: 200, headers: { [MARKER]: String(mark) }, body: String(body) };
  };
  return lookAtChanges({
    cloudfront: createClient(status),
    signal: new AbortController().signal,
    made: { id: 'E1', arn: 'arn', domain: 'd.example', status: 'InProgress' },
    deployed: '1 s',
    visit,
    marker: own,
    next: own,
  });
}

it('sees half of a change, and that one place has it before all have', async () => {
  const [version, progress, whole] = await lookAt('InProgress');
  expect(version?.outcome).toBe('holds');
  expect(progress?.outcome).toBe('holds');
  expect(progress?.evidence).toContain('while it was InProgress still');
  expect(whole).toEqual({
    id: 'half-a-change',
    outcome: 'does not hold',
    evidence: 'of 11 answers, from one place, 1 had half of a change',
  });
});

it('sees a change that is never said to be in progress', async () => {
  const [, progress] = await lookAt('Deployed');
  expect(progress?.outcome).toBe('does not hold');
});
