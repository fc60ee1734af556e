import { createHash } from 'node:crypto';
import { splitFloor } from '../../../edge/contract/floor.ts';
import { mapAtOnce } from '../../core/at-once.ts';
import { RefusedError } from '../../core/errors.ts';
import {
  listGroups,
  parseBundleTombstone,
  type BundleFacts,
  type BundleTombstone,
  type StoredTombstone,
} from '../../core/gc/edge-code.ts';
import { requestFunctionName, responseFunctionName } from '../../core/plan/behaviours.ts';
import { lambdaName } from '../../core/plan/function-names.ts';
import type { EdgeGroup } from '../../core/policy/policy.ts';
import { publishedKey, type CodeRecord } from '../../core/state/code-record.ts';
import { keys } from '../../core/state/keys.ts';
import type { StoredEntry } from '../../core/gc/facts.ts';
import type { CollectionStore } from '../../ports/collection-store.ts';
import type { Context } from '../../ports/context.ts';

export type BundleSources = Pick<
  Context,
  'collections' | 'codeRecords' | 'archive' | 'edgeCode' | 'lambdaCode' | 'clock'
>;

const AT_ONCE = 16;

/** What says which bundles of one bucket are needed. Throws a HeadgateError on any doubt. */
export async function readBundleFacts(
  groups: readonly [EdgeGroup, ...(readonly EdgeGroup[])],
  context: BundleSources,
): Promise<Omit<BundleFacts, 'youngerSeconds' | 'graceSeconds'>> {
  const [place] = groups;
  const store = context.collections(place);
  const { found: objects, isWhole } = await store.list('edge/');
  if (!isWhole) throw refuse(`the listing of edge/ in ${place.bucket} was cut short`);
  const known = new Set(groups.map(({ name }) => name));
  const others = listGroups(objects).filter((name) => !known.has(name));
  if (others.length > 0) {
    throw refuse(`groups that no policy here has archive there, too: ${others.join(', ')}`);
  }
  const tombstones = await readTombstones(store, objects);
  const read = groups.map((group) => context.codeRecords(group).read(group.name));
  const records = (await Promise.all(read)).flatMap((one): readonly CodeRecord[] =>
    one === undefined ? [] : [one.record],
  );
  const live = (await Promise.all(groups.map((group) => readLive(group, context)))).flat();
  live.push(...groups.map(({ code }) => code));
  return { objects, tombstones, records, live, now: context.clock.now() };
}

async function readTombstones(
  store: CollectionStore,
  objects: readonly StoredEntry[],
): Promise<readonly StoredTombstone[]> {
  const entries = objects.filter(
    ({ key }) => key.startsWith(keys.codeTombstones()) && key !== keys.codeCollection(),
  );
  const found = await mapAtOnce(entries, AT_ONCE, async (entry) => {
    const object = await store.read(entry.key);
    if (object === undefined) return [];
    const tombstone = parse(entry.key, object.bytes);
    return { ...entry, revision: object.revision, tombstone };
  });
  return found.flat();
}

function parse(key: string, bytes: Uint8Array): BundleTombstone {
  try {
    return parseBundleTombstone(Buffer.from(bytes).toString());
  } catch {
    throw refuse(`${key} is not what this version of Headgate writes there`);
  }
}

function refuse(doubt: string): RefusedError {
  return new RefusedError(doubt, 'Mend that and run it again; until then everything stays.');
}

async function readLive(group: EdgeGroup, context: BundleSources): Promise<readonly string[]> {
  if (group.runtime === 'lambda-edge') {
    const version = await context.lambdaCode.readLast(lambdaName(group.name));
    return version === undefined ? [] : [publishedKey(version.codeSha256)];
  }
  const names = [requestFunctionName(group.name), responseFunctionName(group.name)];
  const live = await Promise.all(names.map((name) => context.edgeCode.readLive(name)));
  return live.flatMap((one) => (one === undefined ? [] : hashOf(splitFloor(one.code).code)));
}

/** As archived: without its floor table. */
function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}
