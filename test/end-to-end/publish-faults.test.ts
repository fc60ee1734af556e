import { expect, it } from 'vitest';
import { full, tellSkipped } from '../depth.ts';
import type { Bucket } from './publish-faults/bucket.ts';
import { chain, dieAfter, expireAt, meetAll } from './publish-faults/faults.ts';
import { isPublished } from './publish-faults/inspect.ts';
import { judge } from './publish-faults/judge.ts';
import { killAfter } from './publish-faults/kill-process.ts';
import { atEach, BASE, checkDone, NEXT, useStage } from './publish-faults/stage.ts';

tellSkipped('faults at every request of a publish');

/**
 * A build of 40 files, ten of them in the pool already, meets each fault at each of its requests. What is in the
 * bucket afterwards is compared with tables, not read by the code that wrote it.
 */
const stage = useStage();
const TIMEOUT = 300_000;
const PAIR = [BASE, NEXT];

/** The same command once more, undisturbed: the build is complete. */
async function converge(bucket: Bucket): Promise<readonly string[]> {
  const again = await stage.publish(bucket, NEXT);
  return [...checkDone(again), ...(await judge(bucket, again, PAIR))];
}

it(
  'gets over five faults of five kinds in one run, each kind at every request',
  { timeout: TIMEOUT },
  async () => {
    const { length } = stage.requests;
    await atEach(stage.indexes(), stage.published, async (bucket, index) => {
      // Its credentials end at another place, so that each fault is first in some run.
      const end = (index + Math.floor(length / 8)) % length;
      const meet = chain(meetAll(index, length), expireAt(end));
      const ended = await stage.publish(bucket, NEXT, { meet });
      const wrongs = [...checkDone(ended), ...(await judge(bucket, ended, PAIR))];
      return [...wrongs, ...(index % 8 === 0 ? await converge(bucket) : [])];
    });
  },
);

it(
  'says so when its credentials expire and there are no others',
  { timeout: TIMEOUT },
  async () => {
    await atEach(stage.indexes(), stage.published, async (bucket, index) => {
      const ended = await stage.publish(bucket, NEXT, { meet: expireAt(index), renewable: false });
      // With a manifest it is published, whatever could not be tidied up.
      const told = isPublished(bucket, NEXT.build)
        ? { code: 0, words: /^warning: .*credentials have expired[^]*is published/ }
        : { code: 2, words: /credentials have expired\.\n {2}next: Get new ones and run it again/ };
      const isTold = ended.code === told.code && told.words.test(ended.said);
      return [...(isTold ? [] : [ended.said]), ...(await judge(bucket, ended, PAIR))];
    });
  },
);

it(
  'leaves a complete build or none when nothing gets through after any request, and the next run completes it',
  { timeout: TIMEOUT },
  async () => {
    await atEach([-1, ...stage.indexes()], stage.published, async (bucket, index) => {
      const ended = await stage.publish(bucket, NEXT, { meet: dieAfter(index) });
      return [...(await judge(bucket, ended, PAIR)), ...(await converge(bucket))];
    });
  },
);

it.skipIf(!full)(
  'does the same as a process that is killed at any of them',
  { timeout: TIMEOUT },
  async () => {
    await atEach(stage.indexes(), stage.published, async (bucket, index) => {
      const run = { network: stage.network, bucket, directory: stage.directoryOf(NEXT) };
      const ended = await killAfter(index, { ...run, build: NEXT.build });
      expect(ended).toMatchObject({ code: null });
      expect(ended.asked.length).toBeGreaterThan(index);
      const said = { ...ended, code: 2, said: '\n  next: nothing, it is dead' };
      const wrongs = await judge(bucket, said, PAIR);
      return [...wrongs, ...(index % 8 === 0 ? await converge(bucket) : [])];
    });
  },
);
