import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createFiles } from '../../../controller/adapters/process/files.ts';
import type { Files } from '../../../controller/ports/files.ts';
import { full } from '../../depth.ts';
import { createBucket, type Bucket } from './bucket.ts';
import { collectHere } from './collect.ts';
import { holdAt } from './faults.ts';
import { findWrongs, isPublished } from './inspect.ts';
import { judge } from './judge.ts';
import type { Ended } from './run-publish.ts';
import {
  AFTER,
  atEach,
  BASE,
  checkDone,
  chooseIndexes,
  FEWER,
  NEXT,
  OTHER,
  useStage,
} from './stage.ts';
import { manifestKeyOf, makeTree, writeTree, type Tree } from './tree.ts';

/** While one publish waits at any of its requests, somebody else does something. */
const stage = useStage();
const TIMEOUT = 300_000;
const PAIR = [BASE, NEXT];

/** Publishes NEXT and, when it comes to this request, another one from its start to its end. */
async function interleave(
  bucket: Bucket,
  index: number,
  tree: Tree,
): Promise<readonly [Ended, Ended | undefined]> {
  let other: Ended | undefined;
  const meet = holdAt(index, async () => void (other = await stage.publish(bucket, tree)));
  return [await stage.publish(bucket, NEXT, { meet }), other];
}

it('lets two runners publish the same build at once', { timeout: TIMEOUT }, async () => {
  await atEach(stage.indexes(), stage.published, async (bucket, index) => {
    const [ended, other] = await interleave(bucket, index, NEXT);
    return [...checkDone(ended), ...checkDone(other), ...(await judge(bucket, ended, PAIR))];
  });
});

it(
  'lets one of two runners have a number, or none, when their files differ',
  { timeout: TIMEOUT },
  async () => {
    await atEach(stage.indexes(), stage.published, async (bucket, index) => {
      const others = full ? [[OTHER, FEWER][index % 2] ?? OTHER] : [OTHER, FEWER];
      const wrongs = others.map((other) => checkRivals(bucket.fork(), index, other));
      return (await Promise.all(wrongs)).flat();
    });
  },
);

async function checkRivals(bucket: Bucket, index: number, tree: Tree): Promise<readonly string[]> {
  const both = await interleave(bucket, index, tree);
  const told = both.flatMap((one) => {
    if (one?.code === 3 && one.said.includes('new build number')) return [];
    return checkDone(one);
  });
  const winners = both.filter((one) => one?.code === 0).length;
  const isTrue = winners === (isPublished(bucket, NEXT.build) ? 1 : 0);
  const wrongs = [...told, ...(isTrue ? [] : [`${winners} say that they published it`])];
  // As both were told.
  const after = index % 8 === 0 ? checkDone(await stage.publish(bucket, AFTER)) : [];
  return [...wrongs, ...after, ...findWrongs(bucket, [BASE, NEXT, tree, AFTER])];
}

it('lets two builds share pooled files that neither has yet', { timeout: TIMEOUT }, async () => {
  await atEach(stage.indexes(), createBucket(), async (bucket, index) => {
    const [ended, other] = await interleave(bucket, index, AFTER);
    const wrongs = [...checkDone(ended), ...checkDone(other)];
    return [...wrongs, ...(await judge(bucket, ended, [NEXT, AFTER]))];
  });
});

/** Files that count how often one is read, and are told after each time. */
function watchFiles(read: (path: string, nth: number) => void): Files {
  let count = 0;
  const told = new Set(['readBytes', 'digest', 'readRange']);
  return new Proxy(createFiles(), {
    get(files, name: keyof Files) {
      const method = files[name] as (...args: unknown[]) => unknown;
      if (!told.has(name)) return method;
      return async (...args: unknown[]) => {
        const nth = count++;
        const found = await method(...args);
        read(String(args[0]), nth);
        return found;
      };
    },
  });
}

it(
  'never publishes a file that changes after any reading of it',
  { timeout: TIMEOUT },
  async () => {
    let reads = 0;
    await stage.publish(stage.published.fork(), NEXT, { files: watchFiles(() => (reads += 1)) });
    // Each is read to be hashed; to be sent, again: what changes after that is for the next build.
    const { size } = NEXT.files;
    expect(reads).toBeGreaterThan(size);
    const indexes = [...chooseIndexes(0, size), ...chooseIndexes(size, reads)];
    // Whoever changed a file of a directory puts it back for the next one.
    const free: string[] = [];
    let written = 0;
    await atEach(indexes, stage.published, async (bucket, index) => {
      const directory = free.pop() ?? writeTree(stage.parent, `changing-${written++}`, NEXT);
      let path = '';
      const files = watchFiles((read, nth) => {
        if (nth !== index) return;
        path = read.slice(directory.length + 1);
        appendFileSync(read, ' changed');
      });
      const wrongs = await checkChanged({ bucket, index, directory, files, path: () => path });
      writeFileSync(join(directory, path), NEXT.files.get(path) ?? '');
      free.push(directory);
      return wrongs;
    });
  },
);

interface Changing {
  readonly bucket: Bucket;
  readonly index: number;
  readonly directory: string;
  readonly files: Files;
  /** What has changed, once it has. */
  readonly path: () => string;
}

async function checkChanged({ bucket, index, directory, files, path }: Changing) {
  const ended = await stage.publish(bucket, NEXT, { files, directory });
  const says = `${path()} changed while it was being published`;
  const isTold = ended.code === 0 || (ended.code === 2 && ended.said.includes(says));
  const wrongs = [...(isTold ? [] : [ended.said]), ...(await judge(bucket, ended, PAIR))];
  if (ended.code === 0 || index % 8 > 0) return wrongs;
  const again = await stage.publish(bucket, NEXT, { directory });
  const changed = [BASE, NEXT, makeTree(NEXT.build, [path()])];
  return [...wrongs, ...checkDone(again), ...(await judge(bucket, again, changed))];
}

const HOURS_2 = 2 * 3_600_000;

/** The same bucket two hours later. */
function age(bucket: Bucket): Bucket {
  const before = (time: string) => new Date(Date.parse(time) - HOURS_2).toISOString();
  return bucket.fork((object) => ({ ...object, modified: before(object.modified) }));
}

/** A collection for which two hours are old, and nothing is needed but what is being published. */
const collect = (bucket: Bucket) => collectHere(bucket, { isApplied: true, newest: 0 });

it('is complete although its base is retired meanwhile', { timeout: TIMEOUT }, async () => {
  await atEach(stage.indexes(), age(stage.published), async (bucket, index) => {
    const meet = holdAt(index, () => collect(bucket));
    const ended = await stage.publish(bucket, NEXT, { meet });
    return [...checkDone(ended), ...(await judge(bucket, ended, PAIR))];
  });
});

it(
  'is complete although the files of its base are swept meanwhile',
  { timeout: TIMEOUT },
  async () => {
    const retired = age(stage.published);
    await collect(retired);
    expect(isPublished(retired, BASE.build)).toBe(false);
    const tombstone = 'shop/gc/1041.json';
    const { body } = retired.objects().get(tombstone) ?? {};
    const told = JSON.parse(String(body)) as { at: string };
    const at = new Date(Date.parse(told.at) - HOURS_2).toISOString();
    await retired.put(tombstone, JSON.stringify({ ...told, at }));
    const swept = new Set<number>();
    // Until it sees the lease it sweeps them, and later nothing.
    const lease = stage.requests.findIndex(({ call }) => call.startsWith('PUT '));
    const early = Array.from({ length: lease + 2 }, (_, index) => index).slice(full ? 0 : -2);
    const indexes = [...early, ...chooseIndexes(lease + 2, stage.requests.length)];
    await atEach(indexes, retired, async (bucket, index) => {
      const meet = holdAt(index, async () => {
        const { removed } = await collect(bucket);
        if (removed.objects > 0) swept.add(index);
      });
      const ended = await stage.publish(bucket, NEXT, { meet });
      return [...checkDone(ended), ...(await judge(bucket, ended, PAIR))];
    });
    expect(Math.max(...swept)).toBe(lease);
  },
);

it(
  'is complete or says why when somebody deletes its base by hand before it looks last',
  { timeout: TIMEOUT },
  async () => {
    const base = `/builds/${manifestKeyOf(BASE.build)}`;
    const last = stage.requests.findLastIndex(({ call }) => call.endsWith(base));
    await atEach(chooseIndexes(0, last + 1), stage.published, async (bucket, index) => {
      const meet = holdAt(index, async () => {
        await bucket.remove(manifestKeyOf(BASE.build));
        await bucket.remove('shop/pool/assets/shared-3.js');
      });
      const ended = await stage.publish(bucket, NEXT, { meet });
      return judge(bucket, ended, PAIR);
    });
  },
);
