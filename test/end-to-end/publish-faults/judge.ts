import type { Bucket } from './bucket.ts';
import { collectHere } from './collect.ts';
import { findWrongs, isPublished, readLeases } from './inspect.ts';
import type { Ended } from './run-publish.ts';
import { expectObjects, type Tree } from './tree.ts';

const DAY_MINUTES = 24 * 60;

/** What is wrong after a publish has ended, in the bucket or in what it said; [] when nothing is. */
export async function judge(
  bucket: Bucket,
  ended: Ended,
  trees: readonly Tree[],
): Promise<readonly string[]> {
  const [build = ''] = trees.slice(-1).map((tree) => tree.build);
  const isThere = isPublished(bucket, build);
  return [
    ...findWrongs(bucket, trees),
    ...(ended.code === 0 && !isThere ? ['it says that the build is published, and it is not'] : []),
    ...(ended.code === 1 ? [`our bug: ${ended.said}`] : []),
    ...(ended.code !== 0 && !/\n {2}next: ./.test(ended.said)
      ? [`no next step: ${ended.said}`]
      : []),
    ...findForgotten(bucket, ended),
    ...(await findMisjudged(bucket, trees)),
  ];
}

/** A lease that is left ends by itself; one that could not be taken away is told. */
function findForgotten(bucket: Bucket, { code, said }: Ended): readonly string[] {
  return readLeases(bucket).flatMap(({ key, minutes }) => {
    if (code === 0 && !said.includes('warning: ')) return [`${key} is still there`];
    return minutes > 0 && minutes < DAY_MINUTES ? [] : [`${key} is good for ${minutes} minutes`];
  });
}

/** What a collection, right now and when everything is old, would take of a build that is there, or not understand. */
async function findMisjudged(bucket: Bucket, trees: readonly Tree[]): Promise<readonly string[]> {
  const there = trees.filter(({ build }) => isPublished(bucket, build));
  const needed = new Set(there.flatMap((tree) => [...expectObjects(tree).keys()]));
  const wrongs: string[] = [];
  for (const minutes of [0, 3 * DAY_MINUTES]) {
    const { plan } = await collectHere(bucket, { minutes });
    const going = plan.condemned.filter((one) => there.some(({ build }) => build === one.build));
    const taken = [
      ...plan.condemned.flatMap(({ pooled }) => pooled),
      ...plan.swept.map(({ key }) => key),
    ];
    wrongs.push(
      ...plan.doubts.map((doubt) => `gc doubts: ${doubt}`),
      ...going.map(({ build }) => `gc takes ${build}`),
      ...taken.filter((key) => needed.has(key)).map((key) => `gc takes ${key}`),
    );
  }
  return wrongs;
}
