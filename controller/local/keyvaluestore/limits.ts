import { ServiceError } from '../service.ts';
import type { StoreChange } from './stores.ts';

const KEY_BYTES = 512;
const VALUE_BYTES = 1024;
const UPDATE_KEYS = 50;
const UPDATE_BYTES = 3 * 1024 * 1024;
const STORE_BYTES = 5 * 1024 * 1024;

/** Refuses a change that is over a quota or contradicts itself. */
export function checkChange({ puts, deletes }: StoreChange): void {
  const keys = [...puts.map(([key]) => key), ...deletes];
  for (const key of keys) {
    if (key === '') throw invalid('A key must not be empty.');
    if (bytes(key) > KEY_BYTES) throw overQuota('Maximum size of a key', KEY_BYTES, bytes(key));
  }
  for (const [, value] of puts) {
    if (bytes(value) > VALUE_BYTES) {
      throw overQuota('Maximum size of the value', VALUE_BYTES, bytes(value));
    }
  }
  if (keys.length === 0) throw invalid('The update has neither Puts nor Deletes.');
  if (new Set(keys).size < keys.length) throw invalid('A key occurs twice in one update.');
  if (keys.length > UPDATE_KEYS) {
    throw overQuota('Maximum number of keys in an update', UPDATE_KEYS, keys.length);
  }
  const size = sizeOf(puts);
  if (size > UPDATE_BYTES) throw overQuota('Maximum size of an update', UPDATE_BYTES, size);
}

/** Refuses what would make the store too big. */
export function checkStoreSize(size: number): void {
  if (size > STORE_BYTES) throw overQuota('Maximum size of a key value store', STORE_BYTES, size);
}

/** Bytes of keys and values together. */
export function sizeOf(entries: StoreChange['puts']): number {
  return entries.reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0);
}

export function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationException', message);
}

function overQuota(what: string, limit: number, actual: number): ServiceError {
  const message = `${what} exceeded: ${actual}, the limit is ${limit}.`;
  return new ServiceError(402, 'ServiceQuotaExceededException', message);
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
