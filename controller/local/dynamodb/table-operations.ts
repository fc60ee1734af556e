import * as z from 'zod';
import { defineOperation, type JsonOperation } from '../http/aws-json.ts';
import { ACCOUNT_ID, ServiceError, type CloudClock } from '../service.ts';
import { invalid } from './expression.ts';
import type { Items } from './item-store.ts';
import type { Billing, KeyAttribute, Replica, TableRecord, Tables } from './table-store.ts';

export const TableName = z.string().regex(/^[\w.-]{3,255}$/);
const AttributeName = z.string().min(1).max(255);
const Throughput = z.strictObject({
  ReadCapacityUnits: z.int().min(1),
  WriteCapacityUnits: z.int().min(1),
});
const Stream = z.strictObject({
  StreamEnabled: z.boolean(),
  StreamViewType: z.literal('NEW_AND_OLD_IMAGES').optional(),
});

const createShape = z.strictObject({
  TableName,
  AttributeDefinitions: z
    .array(z.strictObject({ AttributeName, AttributeType: z.enum(['S', 'N', 'B']) }))
    .min(1),
  KeySchema: z
    .array(z.strictObject({ AttributeName, KeyType: z.enum(['HASH', 'RANGE']) }))
    .min(1)
    .max(2),
  BillingMode: z.enum(['PROVISIONED', 'PAY_PER_REQUEST']).default('PROVISIONED'),
  ProvisionedThroughput: Throughput.optional(),
  StreamSpecification: Stream.optional(),
});

const region = z.strictObject({ RegionName: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/) });
const updateShape = z.strictObject({
  TableName,
  StreamSpecification: Stream.optional(),
  ReplicaUpdates: z
    .array(z.strictObject({ Create: region.optional(), Delete: region.optional() }))
    .length(1, 'One replica is created or deleted at a time.')
    .optional(),
});

export interface Store {
  readonly tables: Tables;
  readonly items: Items;
  readonly clock: CloudClock;
}

/** CreateTable, ListTables, DescribeTable, UpdateTable (streams and replicas) and DeleteTable. */
export function tableOperations(store: Store): Readonly<Record<string, JsonOperation>> {
  const { tables } = store;
  const one = z.strictObject({ TableName });
  const describe = (table: TableRecord, from: string) => renderTable(store, table, from);
  return {
    CreateTable: defineOperation(createShape, (input, request) => ({
      TableDescription: describe(createTable(store, input, request.region), request.region),
    })),
    // All in one page: nobody has that many here.
    ListTables: defineOperation(z.strictObject({ Limit: z.int().optional() }), (_, request) => ({
      TableNames: tables.names(request.region).toSorted(),
    })),
    DescribeTable: defineOperation(one, (input, request) => ({
      Table: describe(tables.find(input.TableName, request.region), request.region),
    })),
    UpdateTable: defineOperation(updateShape, (input, request) => ({
      TableDescription: describe(updateTable(store, input, request.region), request.region),
    })),
    DeleteTable: defineOperation(one, (input, request) => {
      const table = tables.find(input.TableName, request.region);
      requireActive(tables, table, request.region);
      if (table.replicas.length > 1) {
        throw invalid(`The table ${table.name} has replicas in other regions: delete them first.`);
      }
      tables.remove(table);
      store.items.removeAll(table);
      return { TableDescription: { ...describe(table, request.region), TableStatus: 'DELETING' } };
    }),
  };
}

function createTable(
  { tables, clock }: Store,
  input: z.output<typeof createShape>,
  at: string,
): TableRecord {
  if (tables.exists(input.TableName, at)) {
    throw inUse(`Table already exists: ${input.TableName}`);
  }
  return tables.create({
    name: input.TableName,
    keys: readKeys(input),
    billing: readBilling(input),
    hasStream: input.StreamSpecification?.StreamEnabled ?? false,
    replicas: [{ region: at, since: clock.now().getTime() }],
    timeToLive: undefined,
  });
}

function readKeys(input: z.output<typeof createShape>): readonly KeyAttribute[] {
  const types = new Map(
    input.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]),
  );
  const kinds = input.KeySchema.map(({ KeyType }) => KeyType).join(' ');
  const names = new Set(input.KeySchema.map((key) => key.AttributeName));
  if (!/^HASH( RANGE)?$/.test(kinds) || names.size < input.KeySchema.length) {
    throw invalid('Invalid KeySchema: first a HASH key, then at most one RANGE key of other name.');
  }
  if (types.size !== names.size || [...names].some((name) => !types.has(name))) {
    throw invalid('The number of attributes in key schema must match attribute definitions.');
  }
  return input.KeySchema.map(({ AttributeName: name }) => ({ name, type: types.get(name) ?? 'S' }));
}

function readBilling(input: z.output<typeof createShape>): Billing {
  const { BillingMode: mode, ProvisionedThroughput: throughput } = input;
  if ((mode === 'PROVISIONED') !== (throughput !== undefined)) {
    throw invalid('ProvisionedThroughput goes with the BillingMode PROVISIONED, and only with it.');
  }
  if (throughput === undefined) return { mode: 'PAY_PER_REQUEST' };
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = throughput;
  return { mode: 'PROVISIONED', read, write };
}

function updateTable(
  { tables, clock }: Store,
  input: z.output<typeof updateShape>,
  at: string,
): TableRecord {
  const table = tables.find(input.TableName, at);
  requireActive(tables, table, at);
  const hasStream = input.StreamSpecification?.StreamEnabled ?? table.hasStream;
  const [{ Create: added, Delete: removed } = {}] = input.ReplicaUpdates ?? [];
  let { replicas } = table;
  if (removed !== undefined) replicas = withoutReplica(table, removed.RegionName, at);
  if (added !== undefined) {
    if (tables.exists(table.name, added.RegionName)) {
      throw invalid(`There is a table ${table.name} in ${added.RegionName} already.`);
    }
    replicas = [...replicas, { region: added.RegionName, since: clock.now().getTime() }];
  }
  if (replicas.length > 1 && !hasStream) {
    throw invalid('Replicas need a stream with NEW_AND_OLD_IMAGES.');
  }
  return tables.save({ ...table, hasStream, replicas });
}

function withoutReplica(table: TableRecord, removed: string, at: string): readonly Replica[] {
  const others = table.replicas.filter(({ region: name }) => name !== removed);
  if (removed !== at && others.length < table.replicas.length) return others;
  throw invalid(`There is no replica of ${table.name} in ${removed} that ${at} can delete.`);
}

function requireActive(tables: Tables, table: TableRecord, at: string): void {
  const status = tables.status(table, at);
  if (status !== 'ACTIVE') throw inUse(`Table is being changed: ${table.name} is ${status}`);
}

function renderTable({ tables, items }: Store, table: TableRecord, at: string) {
  const { name, keys, billing, replicas, hasStream } = table;
  const isBilled = billing.mode === 'PROVISIONED';
  const others = replicas.filter((replica) => replica.region !== at);
  const created = replicas.find((replica) => replica.region === at)?.since ?? 0;
  return {
    TableName: name,
    TableId: table.id,
    TableArn: `arn:aws:dynamodb:${at}:${ACCOUNT_ID}:table/${name}`,
    TableStatus: tables.status(table, at),
    CreationDateTime: created / 1000,
    AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
    KeySchema: keys.map((key, index) => ({
      AttributeName: key.name,
      KeyType: index === 0 ? 'HASH' : 'RANGE',
    })),
    BillingModeSummary: { BillingMode: billing.mode },
    ProvisionedThroughput: {
      ReadCapacityUnits: isBilled ? billing.read : 0,
      WriteCapacityUnits: isBilled ? billing.write : 0,
    },
    ItemCount: items.all({ table, region: at }).length,
    ...(hasStream
      ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } }
      : {}),
    ...(others.length === 0
      ? {}
      : {
          GlobalTableVersion: '2019.11.21',
          Replicas: others.map((replica) => ({
            RegionName: replica.region,
            ReplicaStatus: tables.isSettled(replica.since) ? 'ACTIVE' : 'CREATING',
          })),
        }),
  };
}

function inUse(message: string): ServiceError {
  return new ServiceError(400, 'ResourceInUseException', message);
}
