import { DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { UnansweredError } from '../../../core/errors.ts';
import { translateError } from '../translate-error.ts';
import type { Bucket } from './objects.ts';

/** As many as S3 takes in one request. */
const PAGE = 1000;

const DOING = 's3:DeleteObject';

/** Those that are gone already are no error. S3 answers for each key: part of them may be refused. */
export async function deleteObjects(bucket: Bucket, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += PAGE) {
    // One after the other: the first refusal ends it.
    await deletePage(bucket, keys.slice(start, start + PAGE));
  }
}

async function deletePage({ client, name }: Bucket, page: readonly string[]): Promise<void> {
  const Objects = page.map((Key) => ({ Key }));
  const command = new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } });
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
