import type { S3Client } from '@aws-sdk/client-s3';
import { ConflictError, UsageError } from '../../../core/errors.ts';
import { keys } from '../../../core/state/keys.ts';
import {
  RECORD_VERSION,
  type EnvironmentRecord,
  type HistoryEntry,
} from '../../../core/state/record.ts';
import type { RecordStore } from '../../../ports/record-store.ts';
import { gather } from '../../gather.ts';
import { findHistory } from './find-history.ts';
import { listObjects, readObject, writeObject, type Bucket } from './objects.ts';

export function createRecordStore(client: S3Client, name: string): RecordStore {
  const bucket = { client, name };
  const isThere = gather((asked) => findHistory(bucket, asked));
  return {
    async read(app, environment) {
      const key = keys.record(app, environment);
      const object = await readObject(bucket, key);
      if (!object) return undefined;
      return { record: parseRecord(object.bytes, `s3://${name}/${key}`), revision: object.etag };
    },
    write: (record, revision) => writeRecord(bucket, record, revision),
    async hasHistory(app, environment, generation) {
      return (await isThere(keys.history(app, environment, generation))) === true;
    },
    async appendHistory(app, environment, entry) {
      const isPause = entry.event === 'paused' || entry.event === 'resumed';
      const key = isPause
        ? keys.pauseHistory(app, environment, entry)
        : keys.history(app, environment, entry.generation);
      await writeObject(bucket, jsonObject(key, entry), 'absent');
    },
    async readHistory(app, environment, limit) {
      const listed = await listObjects(bucket, keys.historyPrefix(app, environment));
      // Keys are in order of generation, so the newest are last.
      const newest = listed.keys.slice(-limit).toReversed();
      const objects = await Promise.all(newest.map((key) => readObject(bucket, key)));
      return objects.flatMap((object) => (object ? [parseEntry(object.bytes)] : []));
    },
  };
}

async function writeRecord(
  bucket: Bucket,
  record: EnvironmentRecord,
  revision: string | undefined,
): Promise<string> {
  const key = keys.record(record.app, record.environment);
  const condition = revision === undefined ? 'absent' : { etag: revision };
  const etag = await writeObject(bucket, jsonObject(key, record), condition);
  if (etag !== undefined) return etag;
  throw new ConflictError(
    `The record of ${record.app}/${record.environment} was changed by another run in the meantime; nothing was overwritten.`,
  );
}

function jsonObject(key: string, value: unknown) {
  const body = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  return { key, body, contentType: 'application/json' };
}

/** Only Headgate writes records, under compare-and-set; what can differ is the version that wrote one. */
function parseRecord(bytes: Uint8Array, place: string): EnvironmentRecord {
  const record = parseJson(bytes, place);
  const version: number = record.version;
  if (version === RECORD_VERSION) return record;
  throw new UsageError(
    `${place} has version ${version}; this Headgate reads version ${RECORD_VERSION}.`,
    'Use the version of Headgate that wrote it, or a newer one.',
  );
}

function parseJson(bytes: Uint8Array, place: string): EnvironmentRecord {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as EnvironmentRecord;
  } catch (cause) {
    throw new UsageError(
      `${place} is not JSON: something else than Headgate wrote it.`,
      'Restore its previous version; or delete it, and the next reconcile makes it anew from the live route.',
      { cause },
    );
  }
}

function parseEntry(bytes: Uint8Array): HistoryEntry {
  return JSON.parse(Buffer.from(bytes).toString()) as HistoryEntry;
}
