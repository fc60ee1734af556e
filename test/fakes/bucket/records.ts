import { ConflictError } from '../../../controller/core/errors.ts';
import { keys } from '../../../controller/core/state/keys.ts';
import type { EnvironmentRecord } from '../../../controller/core/state/record.ts';
import type { RecordStore } from '../../../controller/ports/record-store.ts';
import type { Send } from '../cloud/ports.ts';
import type { MemoryBucket } from './memory-bucket.ts';

export function createRecords(
  bucket: MemoryBucket,
  send: Send,
): Pick<RecordStore, 'read' | 'write'> {
  return {
    read: (app, environment) =>
      send(`read record ${environment}`, 'read', async () => {
        const object = bucket.get(keys.record(app, environment));
        return object && { record: parseRecord(object.body), revision: object.etag };
      }),
    write: async (record, revision) => {
      const key = keys.record(record.app, record.environment);
      const body = Buffer.from(JSON.stringify(record));
      const condition = revision === undefined ? 'absent' : { etag: revision };
      const written = await send(`write ${key}`, 'write', async () =>
        bucket.put(key, body, { condition }),
      );
      if (written === undefined) throw new ConflictError('The record moved.');
      return written;
    },
  };
}

export function parseRecord(body: Uint8Array): EnvironmentRecord {
  return JSON.parse(Buffer.from(body).toString()) as EnvironmentRecord;
}
