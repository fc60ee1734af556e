import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { full } from '../../depth.ts';
import { BUCKET, createBucket, type Bucket } from './bucket.ts';
import { judge } from './judge.ts';
import { startNetwork, type Asked, type Network } from './network.ts';
import { publishHere, type Ended, type PublishRun } from './run-publish.ts';
import { makeTree, manifestKeyOf, writeTree, type Tree } from './tree.ts';

/** Builds of 40 files; they share ten pooled ones. */
export const BASE = makeTree('1041');
export const NEXT = makeTree('1042');
export const AFTER = makeTree('1043');
/** Other builds of the same number: in one a page and a plain file differ, the other lacks a file. */
export const OTHER = makeTree('1042', ['index.html', 'robots.txt']);
export const FEWER: Tree = {
  ...NEXT,
  files: new Map([...NEXT.files].filter(([path]) => path !== 'robots.txt')),
};

export type Options = Partial<Pick<PublishRun, 'meet' | 'files' | 'renewable' | 'directory'>>;

export interface Stage {
  readonly network: Network;
  /** A place for directories. */
  readonly parent: string;
  /** A bucket with the base, and nothing else. */
  readonly published: Bucket;
  /** Requests of NEXT's publish when nothing disturbs it. */
  readonly requests: readonly Asked[];
  /** Of its requests at full depth all; else one in the middle, and the one that makes the build exist. */
  indexes(): readonly number[];
  directoryOf(tree: Tree): string;
  publish(bucket: Bucket, tree: Tree, options?: Options): Promise<Ended>;
}

/** Sets up once for all tests of a file. */
export function useStage(): Stage {
  const directories = new Map<Tree, string>();
  const ready: { network?: Network; parent?: string; published?: Bucket; clean?: Ended } = {};
  const stage: Stage = {
    get network() {
      return had(ready.network);
    },
    get parent() {
      return had(ready.parent);
    },
    get published() {
      return had(ready.published);
    },
    get requests() {
      return had(ready.clean).asked;
    },
    indexes() {
      const { length } = stage.requests;
      const manifest = `PUT /${BUCKET}/${manifestKeyOf(NEXT.build)}`;
      const commit = stage.requests.findIndex(({ call }) => call === manifest);
      return full ? chooseIndexes(0, length) : [Math.floor(length / 2), commit];
    },
    directoryOf: (tree) => directories.get(tree) ?? '',
    publish(bucket, tree, options = {}) {
      const directory = stage.directoryOf(tree);
      return publishHere({
        network: stage.network,
        bucket,
        directory,
        build: tree.build,
        ...options,
      });
    },
  };
  beforeAll(async () => {
    ready.network = await startNetwork();
    ready.parent = await mkdtemp(join(tmpdir(), 'headgate-publish-faults-'));
    for (const [index, tree] of [BASE, NEXT, AFTER, OTHER, FEWER].entries()) {
      directories.set(tree, writeTree(ready.parent, String(index), tree));
    }
    ready.published = createBucket();
    expect(await stage.publish(ready.published, BASE)).toMatchObject({ code: 0 });
    const bucket = ready.published.fork();
    ready.clean = await stage.publish(bucket, NEXT);
    expect(await judge(bucket, ready.clean, [BASE, NEXT])).toEqual([]);
    expect(ready.clean.code, ready.clean.said).toBe(0);
  });
  afterAll(async () => {
    await ready.network?.close();
    if (ready.parent) await rm(ready.parent, { recursive: true });
  });
  return stage;
}

function had<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the stage is not set yet');
  return value;
}

/** At full depth all, or every nth; else the one in the middle and the last. */
export function chooseIndexes(first: number, end: number, step = 1): readonly number[] {
  const count = Math.ceil((end - first) / step);
  const all = Array.from({ length: count }, (_, nth) => first + nth * step);
  return full ? all : [Math.floor((first + end) / 2), end - 1];
}

const AT_ONCE = 6;

/** Runs the case of each index in its own copy of a bucket; what is wrong is told with its index. */
export async function atEach(
  indexes: readonly number[],
  before: Bucket,
  run: (bucket: Bucket, index: number) => Promise<readonly string[]>,
): Promise<void> {
  const wrongs: string[] = [];
  const waiting = [...indexes];
  const work = async () => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const found = await run(before.fork(), index);
      wrongs.push(...found.map((wrong) => `at ${index}: ${wrong}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(wrongs).toEqual([]);
}

/** What is wrong with one that should have ended well. */
export function checkDone(ended: Ended | undefined): readonly string[] {
  if (ended === undefined) return ['it never ran'];
  return ended.code === 0 ? [] : [`ended with ${ended.code}: ${ended.said}`];
}
