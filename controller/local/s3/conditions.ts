import type { StoredObject } from './bucket-store.ts';
import { ServiceError } from '../service.ts';
import { errors } from './errors.ts';

const NONE_MATCH = 'If-None-Match';

type Headers = Readonly<Record<string, string>>;

/** A write with If-Match or If-None-Match: throws when the object there isn't as it says. */
export function checkWrite(headers: Headers, key: string, current: StoredObject | undefined): void {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw errors.notImplemented('If-None-Match with anything but * on a write');
  }
  if (ifNoneMatch === '*' && current !== undefined) throw errors.preconditionFailed(NONE_MATCH);
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) return;
  if (current === undefined) throw errors.noSuchKey(key);
  if (!namesEtag(ifMatch, current.etag)) throw errors.preconditionFailed('If-Match');
}

/** A conditional read: `unchanged` is answered with 304; throws PreconditionFailed. */
export function checkRead(headers: Headers, object: StoredObject): 'read' | 'unchanged' {
  const modified = Date.parse(object.modified);
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!namesEtag(ifMatch, object.etag)) throw errors.preconditionFailed('If-Match');
  } else if (modified > Date.parse(headers['if-unmodified-since'] ?? '')) {
    throw errors.preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    return namesEtag(ifNoneMatch, object.etag) ? 'unchanged' : 'read';
  }
  return modified <= Date.parse(headers['if-modified-since'] ?? '') ? 'unchanged' : 'read';
}

/** The same conditions on the source of a copy, where "unchanged" is a failure too. */
export function checkCopySource(headers: Headers, source: StoredObject): void {
  const prefix = 'x-amz-copy-source-';
  const conditions = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
  try {
    if (checkRead(conditions, source) === 'unchanged') throw errors.preconditionFailed(NONE_MATCH);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw errors.preconditionFailed(`${prefix}${String(error.details['Condition'])}`);
  }
}

/** `W/"a", "b"` names a and b; quotes may be missing. */
function namesEtag(header: string, etag: string): boolean {
  const bare = etag.replaceAll('"', '');
  return header
    .split(',')
    .map((candidate) => candidate.trim().replace(/^W\//, '').replaceAll('"', ''))
    .some((candidate) => candidate === '*' || candidate === bare);
}
