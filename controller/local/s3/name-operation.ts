import type { ServiceRequest } from '../service.ts';

/** Query parameters that only tune an operation; any other one makes it another operation. */
const TUNING = new Set([
  'x-id',
  'prefix',
  'delimiter',
  'max-keys',
  'max-buckets',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
  'max-parts',
  'part-number-marker',
  'max-uploads',
  'key-marker',
  'upload-id-marker',
]);

/** `GET bucket?policy`, `PUT object`, `GET /`. */
export function nameOperation(
  request: Pick<ServiceRequest, 'method' | 'path' | 'query'>,
  key: string,
): string {
  const target = request.path === '/' ? '/' : key === '' ? 'bucket' : 'object';
  const parts = [...request.query.keys()].filter((name) => !TUNING.has(name)).toSorted();
  return `${request.method} ${target}${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
}
