import { newTag } from '../keyvaluestore/tag.ts';
import { requireStore, type KeyValueStores, type StoreRecord } from '../keyvaluestore/stores.ts';
import { ServiceError, type CloudClock, type ServiceResponse } from '../service.ts';
import {
  checkIfMatch,
  invalidArgument,
  NO_CONTENT,
  pageOf,
  refuseMembers,
  xmlAnswer,
  type Call,
  type Routes,
  type XmlTree,
} from './call.ts';
import { textOf, type XmlElement } from './xml.ts';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const COMMENT_LIMIT = 128;

export interface StoreRouteOptions {
  readonly stores: KeyValueStores;
  readonly clock: CloudClock;
  /** Whether a function is associated with the store. */
  readonly isUsed: (arn: string) => boolean;
}

/** The control plane of KeyValueStores: the stores themselves, by name; their keys are another service. */
export function createStoreRoutes(options: StoreRouteOptions): Routes {
  const { stores } = options;
  return {
    POST: (call) => createStore(stores, call),
    GET: (call) => {
      const value = pageOf(call, stores.records.values(), {
        idOf: ({ name }) => name,
        as: 'KeyValueStore',
        item: (record) => renderStore(stores, record),
      });
      return xmlAnswer(200, 'KeyValueStoreList', { value });
    },
    'GET :id': ({ id }) => answerOne(stores, 200, requireStore(stores, id)),
    'PUT :id': (call) => updateStore(options, call),
    'DELETE :id': (call) => deleteStore(options, call),
  };
}

function createStore(stores: KeyValueStores, call: Call): ServiceResponse {
  const body = call.body();
  const name = textOf(body, 'Name') ?? '';
  if (!NAME.test(name)) throw invalidArgument(`The name must match ${NAME.source}.`);
  refuseMembers(body, ['ImportSource', 'Tags']);
  if (stores.records.get(name) !== undefined) {
    const message = `There is a key value store named ${name} already.`;
    throw new ServiceError(409, 'EntityAlreadyExists', message);
  }
  return answerOne(stores, 201, stores.create(name, readComment(body)));
}

function updateStore({ stores, clock }: StoreRouteOptions, call: Call): ServiceResponse {
  const record = requireStore(stores, call.id);
  checkIfMatch(call, record.tag);
  const comment = readComment(call.body());
  const changed = { ...record, comment, tag: newTag('E'), modified: clock.now().getTime() };
  stores.records.set(record.name, changed);
  return answerOne(stores, 200, changed);
}

function deleteStore({ stores, isUsed }: StoreRouteOptions, call: Call): ServiceResponse {
  const record = requireStore(stores, call.id);
  checkIfMatch(call, record.tag);
  if (isUsed(record.arn)) {
    const message = `A function is associated with ${record.name}.`;
    throw new ServiceError(409, 'CannotDeleteEntityWhileInUse', message);
  }
  stores.records.remove(record.name);
  return NO_CONTENT;
}

function answerOne(stores: KeyValueStores, status: number, record: StoreRecord): ServiceResponse {
  return xmlAnswer(status, 'KeyValueStore', {
    value: renderStore(stores, record),
    headers: { etag: record.tag, ...(status === 201 ? { location: record.arn } : {}) },
  });
}

function renderStore(stores: KeyValueStores, record: StoreRecord): XmlTree {
  return {
    Name: record.name,
    Id: record.id,
    Comment: record.comment,
    ARN: record.arn,
    Status: stores.isReady(record) ? 'READY' : 'PROVISIONING',
    LastModifiedTime: new Date(record.modified).toISOString(),
  };
}

function readComment(body: XmlElement): string {
  const comment = textOf(body, 'Comment') ?? '';
  if (comment.length > COMMENT_LIMIT) {
    throw invalidArgument(`The comment is longer than ${COMMENT_LIMIT} characters.`);
  }
  return comment;
}
