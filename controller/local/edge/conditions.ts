import { valuesOf, type EventRequest } from '../function-runtime/event.ts';
import type { Headers } from './time-to-live.ts';

/** Whether the viewer has this very object already: If-None-Match first, else If-Modified-Since. */
export function isUnchanged({ headers }: EventRequest, object: Headers): boolean {
  const etag = object['etag'];
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) {
    const known = valuesOf(noneMatch).join(',').split(',').map(toWeak);
    return etag !== undefined && (known.includes('*') || known.includes(toWeak(String(etag))));
  }
  const since = Date.parse(headers['if-modified-since']?.value ?? '');
  const modified = Date.parse(String(object['last-modified'] ?? ''));
  return modified <= since;
}

function toWeak(etag: string): string {
  return etag.trim().replace(/^W\//, '');
}
