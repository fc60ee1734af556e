import {
  ServiceError,
  type Service,
  type ServiceRequest,
  type ServiceResponse,
} from '../service.ts';
import { checkChange, checkStoreSize, invalid, sizeOf } from './limits.ts';
import type { KeyValueStores, StoreChange, StoreRecord } from './stores.ts';

/** The data plane of CloudFront KeyValueStore: REST-JSON, fenced by one ETag per store. */
export function createKeyValueStoreService(stores: KeyValueStores): Service {
  return {
    protocol: 'rest-json',
    signingNames: ['cloudfront-keyvaluestore'],
    handle: async (request) => answer(stores, request),
    renderError: (error) => ({
      status: error.status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
      body: JSON.stringify({ Message: error.message }),
    }),
  };
}

function answer(stores: KeyValueStores, request: ServiceRequest): ServiceResponse {
  const [root, arn = '', keys, key] = request.path.split('/').slice(1).map(decodeURIComponent);
  if (root !== 'key-value-stores' || (keys !== undefined && keys !== 'keys')) {
    throw new ServiceError(404, 'UnknownOperationException', `No operation at ${request.path}.`);
  }
  const record = openStore(stores, arn);
  const kind = keys === undefined ? 'store' : key === undefined ? 'keys' : 'key';
  const operation = OPERATIONS[`${request.method} ${kind}`];
  if (operation === undefined) {
    throw new ServiceError(405, 'UnknownOperationException', `${request.method} isn't possible.`);
  }
  return operation({ stores, record, request, key: key ?? '' });
}

interface Call {
  readonly stores: KeyValueStores;
  readonly record: StoreRecord;
  readonly request: ServiceRequest;
  readonly key: string;
}

const OPERATIONS: Readonly<Record<string, (call: Call) => ServiceResponse>> = {
  'GET store': describeStore,
  'GET keys': listKeys,
  'POST keys': (call) => changeStore(call, readUpdate(call.request)),
  'GET key': getKey,
  'PUT key': (call) => changeStore(call, { puts: [readPut(call)], deletes: [] }),
  'DELETE key': (call) => changeStore(call, { puts: [], deletes: [call.key] }),
};

function openStore(stores: KeyValueStores, arn: string): StoreRecord {
  const record = stores.findByArn(arn);
  if (record === undefined) throw notFound(`There is no key value store ${arn}.`);
  if (stores.isReady(record)) return record;
  throw new ServiceError(409, 'ConflictException', `The key value store is still PROVISIONING.`);
}

function describeStore({ stores, record }: Call): ServiceResponse {
  const body = {
    ...totals(stores, record),
    KvsARN: record.arn,
    Created: record.created / 1000,
    LastModified: record.dataModified / 1000,
    Status: 'READY',
  };
  return json(body, record.dataTag);
}

function getKey({ stores, record, key }: Call): ServiceResponse {
  const found = stores.entries(record).find(([name]) => name === key);
  if (found === undefined) throw notFound(`There is no key ${JSON.stringify(key)} in the store.`);
  return json({ Key: key, Value: found[1], ...totals(stores, record) });
}

const PAGE_LIMIT = 50;
const PAGE_DEFAULT = 10;

function listKeys({ stores, record, request }: Call): ServiceResponse {
  const size = Number(request.query.get('MaxResults') ?? PAGE_DEFAULT);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_LIMIT) {
    throw invalid(`MaxResults must be 1 to ${PAGE_LIMIT}.`);
  }
  const token = request.query.get('NextToken');
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString('utf8');
  const rest = stores.entries(record).filter(([key]) => key > after);
  const page = rest.slice(0, size);
  const last = rest.length > size ? page.at(-1)?.[0] : undefined;
  return json({
    Items: page.map(([Key, Value]) => ({ Key, Value })),
    ...(last === undefined ? {} : { NextToken: Buffer.from(last).toString('base64url') }),
  });
}

function changeStore({ stores, record, request }: Call, change: StoreChange): ServiceResponse {
  const expected = request.headers['if-match'];
  if (expected === undefined) throw invalid('The header If-Match is missing.');
  if (expected !== record.dataTag) {
    const message = `The store changed: its ETag is no longer ${expected}.`;
    throw new ServiceError(409, 'ConflictException', message);
  }
  checkChange(change);
  const entries = new Map(stores.entries(record));
  for (const key of change.deletes) {
    if (!entries.delete(key)) throw notFound(`There is no key ${JSON.stringify(key)} to delete.`);
  }
  for (const [key, value] of change.puts) entries.set(key, value);
  checkStoreSize(sizeOf([...entries]));
  const changed = stores.change(record, change);
  return json(totals(stores, changed), changed.dataTag);
}

function readUpdate(request: ServiceRequest): StoreChange {
  const { Puts = [], Deletes = [] } = parseBody(request);
  if (!Array.isArray(Puts) || !Array.isArray(Deletes)) throw invalid('Puts and Deletes are lists.');
  return {
    puts: Puts.map((put: unknown) => [readText(put, 'Key'), readText(put, 'Value')] as const),
    deletes: Deletes.map((entry: unknown) => readText(entry, 'Key')),
  };
}

function readPut({ request, key }: Call): readonly [string, string] {
  return [key, readText(parseBody(request), 'Value')];
}

function parseBody({ body }: ServiceRequest): Record<string, unknown> {
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid('The body is not JSON.');
  }
}

function readText(owner: unknown, name: string): string {
  const text = (owner as Record<string, unknown> | null)?.[name];
  if (typeof text !== 'string') throw invalid(`${name} must be a string.`);
  return text;
}

function totals(stores: KeyValueStores, record: StoreRecord) {
  const entries = stores.entries(record);
  return { ItemCount: entries.length, TotalSizeInBytes: sizeOf(entries) };
}

function json(body: object, tag?: string): ServiceResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...(tag === undefined ? {} : { etag: tag }) },
    body: JSON.stringify(body),
  };
}

function notFound(message: string): ServiceError {
  return new ServiceError(404, 'ResourceNotFoundException', message);
}
