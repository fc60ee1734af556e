import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { expect, it } from 'vitest';
import { lookAtCache } from '../../../../../../controller/adapters/aws/probe/at-edge/cache.ts';

const HIT = { 'x-cache': 'Hit from cloudfront' };

/** What the caches of one place, asked in turns, have of a file; another origin has 'second'. */
async function look(others: readonly string[]) {
  let count = 0;
  const visit = async (path: string, cookie?: string) => {
    if (path.startsWith('/fresh/')) return { status: 200, headers: {}, body: 'second' };
    count += 1;
    const body = cookie === undefined ? 'first' : String(others[count % others.length]);
    return { status: 200, headers: HIT, body };
  };
  const Invalidation = { Id: 'I1', Status: 'Completed' };
  const cloudfront = { send: async () => ({ Invalidation }) } as unknown as CloudFrontClient;
  const site = { bucket: 'pages', put: async () => {}, letIn: async () => {} };
  const { signal } = new AbortController();
  return lookAtCache({ cloudfront, distribution: 'E1', site, visit, signal });
}

it('tells a cache that has not got the file yet from a key that has the origin in it', async () => {
  expect((await look(['first', 'second']))[0]?.outcome).toBe('holds');
  expect((await look(['second']))[0]?.outcome).toBe('does not hold');
});
