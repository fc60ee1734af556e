import { expect, it } from 'vitest';
import { createFiles } from '../../../controller/adapters/process/files.ts';
import { renderSettings } from '../../../controller/core/publish/manifest-text.ts';
import { DEFAULT_SETTINGS } from '../../../controller/core/state/manifest.ts';
import { full, tellSkipped } from '../../depth.ts';
import { createBucket, type Bucket } from './bucket.ts';
import { chain, dieAfter, failLate, meetAll } from './faults.ts';
import { judge } from './judge.ts';
import { atEach, BASE, checkDone, chooseIndexes, NEXT, useStage, type Options } from './stage.ts';
import { writeTree, type Tree } from './tree.ts';

tellSkipped('faults in trees and in files of parts');

/** The same faults, at some of its requests, where a publish asks for more: copies in the bucket, and files in parts. */
const stage = useStage();
const TIMEOUT = 300_000;

interface Shape {
  readonly before: Bucket;
  readonly tree: Tree;
  readonly options: Options;
  readonly step: number;
}

/** Faults and a death at its requests; what comes later may still fail after S3 has said 200. */
async function checkShape({ before, tree, options, step }: Shape): Promise<void> {
  const trees = [BASE, tree];
  const clean = await stage.publish(before.fork(), tree, options);
  expect(clean.code, clean.said).toBe(0);
  expect(clean.asked.some(({ isLateToFail }) => isLateToFail)).toBe(true);
  const { length } = clean.asked;
  await atEach(chooseIndexes(0, length, step), before, async (bucket, index) => {
    const meet = chain(meetAll(index, length), failLate(index));
    const ended = await stage.publish(bucket, tree, { ...options, meet });
    return [...checkDone(ended), ...(await judge(bucket, ended, trees))];
  });
  await atEach(chooseIndexes(0, length, step), before, async (bucket, index) => {
    const ended = await stage.publish(bucket, tree, { ...options, meet: dieAfter(index) });
    const again = await stage.publish(bucket, tree, options);
    return [
      ...(await judge(bucket, ended, trees)),
      ...checkDone(again),
      ...(await judge(bucket, again, trees)),
    ];
  });
}

it.skipIf(!full)('makes a complete tree or none', { timeout: TIMEOUT }, async () => {
  const before = stage.published.fork();
  const settings = renderSettings({ ...DEFAULT_SETTINGS, layout: 'tree' });
  await before.put('shop/settings.json', settings);
  const tree: Tree = { ...NEXT, isComplete: true };
  const directory = stage.directoryOf(NEXT);
  await checkShape({ before, tree, options: { directory }, step: 8 });
});

const MIB = 2 ** 20;

it.skipIf(!full)('stores a file in parts or not at all', { timeout: TIMEOUT }, async () => {
  const film = 'film '.repeat(MIB + 100);
  const tree: Tree = {
    build: '1042',
    files: new Map([
      ['index.html', 'page'],
      ['film.mp4', film],
    ]),
  };
  const directory = writeTree(stage.parent, 'film', tree);
  // The smallest parts that S3 takes.
  const partSizeOf = (size: number) => (size > 5 * MIB ? 5 * MIB : undefined);
  const files = createFiles({ partSizeOf });
  await checkShape({ before: createBucket(), tree, options: { directory, files }, step: 3 });
});
