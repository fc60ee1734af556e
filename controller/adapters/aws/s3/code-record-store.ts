import type { S3Client } from '@aws-sdk/client-s3';
import { ConflictError, UsageError } from '../../../core/errors.ts';
import { CODE_RECORD_VERSION, type CodeRecord } from '../../../core/state/code-record.ts';
import { keys } from '../../../core/state/keys.ts';
import type { CodeRecordStore } from '../../../ports/edge-code.ts';
import { readObject, writeObject } from './objects.ts';

export function createCodeRecordStore(client: S3Client, name: string): CodeRecordStore {
  const bucket = { client, name };
  return {
    async read(group) {
      const key = keys.codeRecord(group);
      const object = await readObject(bucket, key);
      if (!object) return undefined;
      return { record: parseRecord(object.bytes, `s3://${name}/${key}`), revision: object.etag };
    },
    async write(record, revision) {
      const body = Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
      const object = { key: keys.codeRecord(record.group), body, contentType: 'application/json' };
      const condition = revision === undefined ? 'absent' : { etag: revision };
      if ((await writeObject(bucket, object, condition)) !== undefined) return;
      throw new ConflictError(
        `The record of edge group ${record.group} was changed by another run in the meantime; nothing was overwritten.`,
      );
    },
  };
}

/** Only Headgate writes it, under compare-and-set; what can differ is the version that wrote it. */
function parseRecord(bytes: Uint8Array, place: string): CodeRecord {
  const next =
    'Use the version of Headgate that wrote it; or delete it: what is live is then taken as good.';
  let record: CodeRecord;
  try {
    record = JSON.parse(Buffer.from(bytes).toString()) as CodeRecord;
  } catch (cause) {
    throw new UsageError(`${place} is not JSON.`, next, { cause });
  }
  const version: number = record.version;
  if (version === CODE_RECORD_VERSION) return record;
  throw new UsageError(`${place} has version ${version}, not ${CODE_RECORD_VERSION}.`, next);
}
