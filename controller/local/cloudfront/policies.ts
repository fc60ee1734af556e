import { randomUUID } from 'node:crypto';
import { openCollection, type Collection } from '../keyvaluestore/collection.ts';
import { newTag } from '../keyvaluestore/tag.ts';
import { ServiceError, type CloudClock, type Disk, type ServiceResponse } from '../service.ts';
import {
  checkIfMatch,
  NO_CONTENT,
  pageOf,
  xmlAnswer,
  type Call,
  type Routes,
  type XmlTree,
} from './call.ts';
import { checkQuantities, textOf, type XmlElement } from './xml.ts';

/** A named configuration that distributions refer to by id. */
export interface PolicyRecord {
  readonly id: string;
  readonly tag: string;
  readonly modified: number;
  readonly config: XmlElement;
}

/** What the kinds of configuration differ in. */
export interface PolicyKind {
  /** Of the path and of the folder on disk: `cache-policy`. */
  readonly path: string;
  /** `CachePolicy`: the root element; `<name>Config` and `<name>List` follow from it. */
  readonly name: string;
  readonly list: string;
  /** Lists wrap a policy in `{ Type, <name> }`; access controls are flat. */
  readonly isWrapped: boolean;
  readonly check: (config: XmlElement) => void;
  /** Exist without being created; can't be changed. */
  readonly managed: readonly PolicyRecord[];
}

export interface Policies {
  readonly routes: Routes;
  get(id: string): PolicyRecord | undefined;
}

export interface PolicyOptions {
  readonly disk: Disk;
  readonly clock: CloudClock;
  readonly kind: PolicyKind;
  readonly isUsed: (id: string) => boolean;
}

/** Create, Get, GetConfig, Update, List and Delete of one kind of configuration. */
export function createPolicies(options: PolicyOptions): Policies {
  const { disk, kind, isUsed } = options;
  const records = openCollection<PolicyRecord>(disk, `cloudfront/${kind.path}`);
  const get = (id: string) => kind.managed.find((policy) => policy.id === id) ?? records.get(id);
  const find = (id: string): PolicyRecord => {
    const record = get(id);
    if (record !== undefined) return record;
    throw new ServiceError(404, `NoSuch${kind.name}`, `There is no ${kind.path} ${id}.`);
  };
  const routes: Routes = {
    POST: (call) => answerOne(kind, 201, savePolicy(options, records, call)),
    GET: (call) => answerList(kind, call, [...kind.managed, ...records.values()]),
    'GET :id': ({ id }) => answerOne(kind, 200, find(id)),
    'GET :id/config': ({ id }) => answerConfig(kind, find(id)),
    'PUT :id': (call) => {
      checkIfMatch(call, find(call.id).tag);
      return answerOne(kind, 200, savePolicy(options, records, call));
    },
    'DELETE :id': (call) => {
      checkIfMatch(call, find(call.id).tag);
      if (isUsed(call.id)) {
        throw new ServiceError(409, `${kind.name}InUse`, `A distribution uses ${call.id}.`);
      }
      records.remove(call.id);
      return NO_CONTENT;
    },
  };
  return { routes, get };
}

/** What AWS has made, to be read. */
export function createManaged(kind: PolicyKind): Routes {
  const find = (id: string): PolicyRecord => {
    const record = kind.managed.find((one) => one.id === id);
    if (record !== undefined) return record;
    throw new ServiceError(404, `NoSuch${kind.name}`, `There is no ${kind.path} ${id}.`);
  };
  return {
    GET: (call) => answerList(kind, call, kind.managed),
    'GET :id': ({ id }) => answerOne(kind, 200, find(id)),
    'GET :id/config': ({ id }) => answerConfig(kind, find(id)),
  };
}

/** A call without an id creates. */
function savePolicy(
  { clock, kind }: PolicyOptions,
  records: Collection<PolicyRecord>,
  call: Call,
): PolicyRecord {
  const config = call.body();
  checkQuantities(config);
  kind.check(config);
  const id = call.id === '' ? randomUUID() : call.id;
  const name = textOf(config, 'Name') ?? '';
  const others = records.values().filter((other) => other.id !== id);
  if (others.some((other) => other.config['Name'] === name)) {
    const message = `There is a ${kind.path} named ${name}.`;
    throw new ServiceError(409, `${kind.name}AlreadyExists`, message);
  }
  const record = { id, tag: newTag('E'), modified: clock.now().getTime(), config };
  records.set(id, record);
  return record;
}

function answerOne(kind: PolicyKind, status: number, record: PolicyRecord): ServiceResponse {
  const headers = { etag: record.tag, ...(status === 201 ? { location: record.id } : {}) };
  return xmlAnswer(status, kind.name, { value: renderPolicy(kind, record), headers });
}

function answerConfig(kind: PolicyKind, { config, tag }: PolicyRecord): ServiceResponse {
  return xmlAnswer(200, `${kind.name}Config`, { value: config, headers: { etag: tag } });
}

function answerList(kind: PolicyKind, call: Call, all: readonly PolicyRecord[]): ServiceResponse {
  const type = call.query.get('Type');
  const typeOf = (record: PolicyRecord) => (kind.managed.includes(record) ? 'managed' : 'custom');
  const listed = all.filter((record) => type === null || typeOf(record) === type);
  const value = pageOf(call, listed, {
    idOf: ({ id }) => id,
    as: `${kind.name}Summary`,
    item: (record) =>
      kind.isWrapped
        ? { Type: typeOf(record), [kind.name]: renderPolicy(kind, record) }
        : { Id: record.id, ...record.config },
  });
  return xmlAnswer(200, kind.list, { value });
}

function renderPolicy(kind: PolicyKind, record: PolicyRecord): XmlTree {
  return {
    Id: record.id,
    LastModifiedTime: new Date(record.modified).toISOString(),
    [`${kind.name}Config`]: record.config,
  };
}
