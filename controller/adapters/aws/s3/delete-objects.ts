import { DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { UnansweredError } from '../../../core/errors.ts';
import { translateError } from '../translate-error.ts';
import type { Bucket } from './objects.ts';

/** As many as S3 takes in one request. */
const PAGE = 1000;

const DOING = 's3:DeleteObject';

/**
 * Those that are gone already are no error. S3 answers for each key: part of them may be refused. `isFresh`: asked
 * before each try; false: nothing is sent any more.
 */
export async function deleteObjects(
  bucket: Bucket,
  keys: readonly string[],
  isFresh: () => boolean = () => true,
): Promise<void> {
  for (let start = 0; start < keys.length; start += PAGE) {
    // One after the other: the first refusal ends it.
    await deletePage(bucket, keys.slice(start, start + PAGE), isFresh);
  }
}

async function deletePage(
  { client, name }: Bucket,
  page: readonly string[],
  isFresh: () => boolean,
): Promise<void> {
  const Objects = page.map((Key) => ({ Key }));
  const command = new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } });
  // Inside of what tries again and signs: the next thing that happens is that it is sent.
  command.middlewareStack.add(
    (next) => async (args) => {
      if (!isFresh()) throw tooLate(name);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'isFresh' },
  );
  const errors = await send().catch((error: unknown) => {
    throw translateError(error, { action: DOING, resource: `bucket ${name}` });
  });
  const [first] = errors;
  if (first === undefined) return;
  const { Key = '', Code = 'unknown', Message = '' } = first;
  const of = errors.length === 1 ? '' : `, and ${errors.length - 1} more of ${page.length}`;
  if (Code === 'AccessDenied') {
    const denied = Object.assign(new Error(Message), { name: Code });
    throw translateError(denied, { action: DOING, resource: `s3://${name}/${Key}${of}` });
  }
  throw new UnansweredError(
    `S3 did not delete s3://${name}/${Key}${of}: ${Code}${Message && `, ${Message}`}.`,
    'Run the command again: it goes on where this one ended.',
  );

  async function send() {
    return (await client.send(command)).Errors ?? [];
  }
}

/** What went out before may still be on its way, so this is no plain refusal. */
function tooLate(name: string): UnansweredError {
  return new UnansweredError(
    `Deleting from bucket ${name} was stopped for so long that what was to go may be needed again.`,
    'Run the command again: it looks anew.',
  );
}
