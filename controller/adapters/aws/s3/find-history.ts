import { mapAtOnce } from '../../../core/at-once.ts';
import { HeadgateError } from '../../../core/errors.ts';
import { headObject, listPage, type Bucket } from './objects.ts';

/** Entries that one listing may pass over: reading their names takes longer than some more questions. */
const PAGE = 250;
const AT_ONCE = 8;

/**
 * Which of these history entries are there. The environments of an app lie side by side, so one page of
 * a listing usually tells of all of them; who is beyond its end is asked for alone.
 */
export async function findHistory(
  bucket: Bucket,
  keys: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  const folders = [...new Set(keys.map(folderOf))];
  const found = await mapAtOnce(folders, AT_ONCE, async (folder) => {
    const own = keys.filter((key) => folderOf(key) === folder).toSorted(compare);
    const listed = await listFrom(bucket, folder, own);
    return mapAtOnce(own, 1, async (key) => {
      const isThere = listed(key) ?? (await headObject(bucket, key)) !== undefined;
      return [key, isThere] as const;
    });
  });
  return new Map(found.flat());
}

/** Of all environments of an app: `shop/environments/`. */
function folderOf(key: string): string {
  return `${key.split('/', 2).join('/')}/`;
}

/** undefined: the page doesn't tell. */
type Listed = (key: string) => boolean | undefined;

async function listFrom(
  bucket: Bucket,
  prefix: string,
  sorted: readonly string[],
): Promise<Listed> {
  const [first = ''] = sorted;
  if (sorted.length < 2) return () => undefined;
  try {
    // Without its last letter a key comes right before itself.
    const after = first.slice(0, -1);
    const page = await listPage(bucket, { prefix, after, limit: PAGE });
    const last = page.keys.at(-1) ?? '';
    const present = new Set(page.keys);
    return (key) => (page.isWhole || compare(key, last) <= 0 ? present.has(key) : undefined);
  } catch (error) {
    // A role may be barred from listing and read all the same.
    if (error instanceof HeadgateError) return () => undefined;
    throw error;
  }
}

/** As S3 sorts; keys of ours are ASCII. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
