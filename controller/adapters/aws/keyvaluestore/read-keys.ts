import {
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  paginateListKeys,
  ResourceNotFoundException,
  type CloudFrontKeyValueStoreClient,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import { mapAtOnce } from '../../../core/at-once.ts';
import { required } from '../fields.ts';
import { translateError } from '../translate-error.ts';

/** ListKeys gives no more at once. */
const PAGE = 50;
/** For fewer keys nobody need be allowed to list many pages. */
const WORTH_PAGING = 10;
const AT_ONCE = 8;
/** A store that moves while it is listed is listed again, then its keys are asked for one by one. */
const LISTINGS = 3;

interface Asked {
  readonly store: string;
  readonly arn: string;
  readonly keys: readonly string[];
}

interface Found {
  readonly revision: string;
  readonly values: ReadonlyMap<string, string>;
}

/** The revision first, then these keys: by listing the whole store where that takes fewer requests. */
export async function readKeys(
  client: CloudFrontKeyValueStoreClient,
  asked: Asked,
): Promise<Found> {
  // The control plane has an ETag too, but If-Match is compared with the one of the data plane.
  let before = await describe(client, asked);
  for (let listing = 0; listing < LISTINGS && isListingShorter(before.size, asked); listing++) {
    const listed = await listKeys(client, asked);
    if (listed === undefined) break;
    // One page is of one state, which is the revision's or a later one: then a write would be refused.
    if (isOnePage(before.size)) return { revision: before.revision, values: listed };
    const after = await describe(client, asked);
    // Pages of a store that moved in between would be of two states.
    if (after.revision === before.revision) return { revision: before.revision, values: listed };
    before = after;
  }
  const entries = await mapAtOnce(asked.keys, AT_ONCE, async (key) => {
    const value = await readKey(client, asked, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { revision: before.revision, values: new Map(entries.flat()) };
}

/** A listing takes its pages, and if there are several the question whether the store has moved. */
function isListingShorter(size: number | undefined, { keys }: Asked): boolean {
  if (isOnePage(size)) return keys.length > 1;
  if (size === undefined || keys.length < WORTH_PAGING) return false;
  return Math.ceil(size / PAGE) + 1 < keys.length;
}

function isOnePage(size: number | undefined): boolean {
  return size !== undefined && size < PAGE;
}

async function describe(
  client: CloudFrontKeyValueStoreClient,
  { store, arn }: Asked,
): Promise<{ revision: string; size: number | undefined }> {
  try {
    const answer = await client.send(new DescribeKeyValueStoreCommand({ KvsARN: arn }));
    const revision = required(answer.ETag, 'the ETag of a KeyValueStore');
    return { revision, size: answer.ItemCount };
  } catch (error) {
    throw explain(error, 'DescribeKeyValueStore', store);
  }
}

/** undefined: this role may not list; it may read. */
async function listKeys(
  client: CloudFrontKeyValueStoreClient,
  { store, arn, keys }: Asked,
): Promise<ReadonlyMap<string, string> | undefined> {
  const wanted = new Set(keys);
  const found = new Map<string, string>();
  try {
    for await (const page of paginateListKeys({ client, pageSize: PAGE }, { KvsARN: arn }))
      for (const { Key = '', Value = '' } of page.Items ?? [])
        if (wanted.has(Key)) found.set(Key, Value);
    return found;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
    throw explain(error, 'ListKeys', store);
  }
}

async function readKey(
  client: CloudFrontKeyValueStoreClient,
  { store, arn }: Asked,
  key: string,
): Promise<string | undefined> {
  try {
    return (await client.send(new GetKeyCommand({ KvsARN: arn, Key: key }))).Value;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw explain(error, 'GetKey', store);
  }
}

export function explain(error: unknown, verb: string, store: string): Error {
  return translateError(error, {
    action: `cloudfront-keyvaluestore:${verb}`,
    resource: `KeyValueStore ${store}`,
  });
}
