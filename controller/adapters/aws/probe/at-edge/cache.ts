import {
  type CloudFrontClient,
  CreateInvalidationCommand,
  GetInvalidationCommand,
} from '@aws-sdk/client-cloudfront';
import type { Measured } from '../../../../core/doctor/probe/statement.ts';
import { observe } from '../observe.ts';
import { seconds, waitFor } from '../wait.ts';
import { POLL_MILLISECONDS, type Site, type Visit } from './site.ts';

/** A place at the edge may have several caches, not all of which have what one of them has. */
const LOOKS = 5;
const HIT_MILLISECONDS = 30_000;
const COMPLETED_MILLISECONDS = 900_000;

export interface CacheGround {
  readonly cloudfront: CloudFrontClient;
  readonly distribution: string;
  readonly site: Site;
  readonly visit: Visit;
  readonly signal: AbortSignal;
}

/** What the cache keeps, by what, and how it forgets. */
export async function lookAtCache(ground: CacheGround): Promise<readonly Measured[]> {
  const { visit, site } = ground;
  return [
    await observe('cache-key-origin', async () => {
      const fresh = await visit('/fresh/who', 'c=other');
      if (fresh.body !== 'second') throw new Error(`no other origin was asked: ${fresh.status}`);
      await waitForHit(ground, '/cached/who');
      const bodies = await lookOften(visit, '/cached/who', 'c=other');
      const plain = await lookOften(visit, '/cached/who');
      const evidence = `kept of one origin, then asked with another one chosen: ${bodies.join(', ')}; without: ${plain.join(', ')}`;
      // Were the origin a part of the key, nobody would get the other one's.
      return [bodies.includes('first') || plain.includes('second'), evidence];
    }),
    await observe('invalidation', async () => {
      await waitForHit(ground, '/cached/alias');
      await site.put('cached/page.html', 'two');
      const alias = await invalidate(ground, '/cached/alias');
      const before = await lookOften(visit, '/cached/alias');
      const page = await invalidate(ground, '/cached/page.html');
      const after = await lookOften(visit, '/cached/alias');
      const holds = before.includes('one') && after.every((body) => body === 'two');
      const isInProgress = alias.status === 'InProgress' && page.status === 'InProgress';
      const evidence = [
        `by the path of the viewer (${alias.status} for ${alias.took}): ${before.join(', ')}`,
        `by that of the function (${page.status} for ${page.took}): ${after.join(', ')}`,
      ];
      return [holds && isInProgress, evidence.join('; ')];
    }),
  ];
}

async function waitForHit({ visit, signal }: CacheGround, path: string): Promise<void> {
  const hit = await waitFor(
    async () => {
      const { headers } = await visit(path);
      return headers['x-cache']?.startsWith('Hit') === true ? headers : undefined;
    },
    { signal, pause: POLL_MILLISECONDS, most: HIT_MILLISECONDS },
  );
  if (hit === undefined) throw new Error(`${path} is never in the cache`);
}

async function lookOften(visit: Visit, path: string, cookie?: string): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const { status, body } = await visit(path, cookie);
    bodies.push(status === 200 ? body : String(status));
  }
  return bodies;
}

/** How it stood right after it was asked for, and how long until it was done. */
async function invalidate(
  { cloudfront, distribution: DistributionId, signal }: CacheGround,
  path: string,
): Promise<{ readonly status: string; readonly took: string }> {
  const begun = performance.now();
  const InvalidationBatch = { CallerReference: path, Paths: { Quantity: 1, Items: [path] } };
  const made = await cloudfront.send(
    new CreateInvalidationCommand({ DistributionId, InvalidationBatch }),
  );
  const { Id, Status } = made.Invalidation ?? {};
  const done = await waitFor(
    async () => {
      const now = await cloudfront.send(new GetInvalidationCommand({ DistributionId, Id }));
      return now.Invalidation?.Status === 'Completed' ? true : undefined;
    },
    { signal, pause: POLL_MILLISECONDS, most: COMPLETED_MILLISECONDS },
  );
  if (done === undefined) throw new Error('an invalidation is never completed');
  return { status: String(Status), took: seconds(performance.now() - begun) };
}
