import type { BucketFacts } from '../../core/doctor/facts.ts';
import type { Policies } from '../../core/policy/policy.ts';
import type { Context } from '../../ports/context.ts';
import type { Notebook } from './notebook.ts';

/** All that the policies name, for builds or for edge code. */
export function readBuckets(
  context: Context,
  { apps, groups }: Policies,
  notebook: Notebook,
): Promise<readonly BucketFacts[]> {
  const places = new Map([...groups, ...apps].map((one) => [one.bucket, one.region] as const));
  return Promise.all(
    [...places].map(([bucket, region]) =>
      readOne(context, notebook, {
        bucket,
        region,
        apps: apps.filter((app) => app.bucket === bucket),
      }),
    ),
  );
}

/** Where it isn't where the policies say, its settings couldn't be asked for. */
async function readOne(
  { inspection }: Context,
  notebook: Notebook,
  place: Pick<BucketFacts, 'bucket' | 'region' | 'apps'>,
): Promise<BucketFacts> {
  const subject = `bucket ${place.bucket}`;
  const actualRegion = await notebook.read(subject, () => inspection.bucketRegion(place));
  if (actualRegion.length > 0 && actualRegion[0] !== place.region) {
    const unread = { policy: [], blocksPublic: [], lifecycle: [] } as const;
    return { ...place, actualRegion, ...unread, encryption: [], ownership: [] };
  }
  const [policy, blocksPublic, lifecycle, encryption, ownership] = await Promise.all([
    notebook.read(subject, () => inspection.bucketPolicy(place)),
    notebook.read(subject, () => inspection.blocksPublic(place)),
    notebook.read(subject, () => inspection.lifecycle(place)),
    notebook.read(subject, () => inspection.encryption(place)),
    notebook.read(subject, () => inspection.ownership(place)),
  ]);
  return { ...place, actualRegion, policy, blocksPublic, lifecycle, encryption, ownership };
}
