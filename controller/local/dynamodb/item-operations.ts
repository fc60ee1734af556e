import * as z from 'zod';
import { defineOperation, type JsonOperation } from '../http/aws-json.ts';
import { ServiceError } from '../service.ts';
import { AttributeShape, isEqual, ItemShape, type Item } from './attribute.ts';
import {
  parseCondition,
  parseKeyCondition,
  parseProjection,
  parseUpdate,
  type Assignment,
} from './condition.ts';
import { invalid, openExpressions, type Placeholders } from './expression.ts';
import type { Place } from './item-store.ts';
import { checkItemKey, checkKey, compareBy, keyOf } from './key.ts';
import { TableName, type Store } from './table-operations.ts';
import type { TableRecord } from './table-store.ts';

const placeholders = {
  ExpressionAttributeNames: z.record(z.string().regex(/^#\w+$/), z.string()).optional(),
  ExpressionAttributeValues: z.record(z.string().regex(/^:\w+$/), AttributeShape).optional(),
};
const common = { TableName, ReturnConsumedCapacity: z.literal('NONE').optional() };
const reading = {
  ...common,
  ConsistentRead: z.boolean().optional(),
  ProjectionExpression: z.string().optional(),
};
const writing = {
  ...common,
  ...placeholders,
  ConditionExpression: z.string().optional(),
  ReturnItemCollectionMetrics: z.literal('NONE').optional(),
};
const getShape = z.strictObject({
  ...reading,
  Key: ItemShape,
  ExpressionAttributeNames: placeholders.ExpressionAttributeNames,
});
const queryShape = z.strictObject({
  ...reading,
  ...placeholders,
  KeyConditionExpression: z.string(),
  ScanIndexForward: z.boolean().default(true),
  Limit: z.int().min(1).optional(),
  ExclusiveStartKey: ItemShape.optional(),
});
const ReturnValues = z.enum(['NONE', 'ALL_OLD']).default('NONE');
const putShape = z.strictObject({ ...writing, Item: ItemShape, ReturnValues });
const deleteShape = z.strictObject({ ...writing, Key: ItemShape, ReturnValues });
const updateShape = z.strictObject({
  ...writing,
  Key: ItemShape,
  UpdateExpression: z.string(),
  ReturnValues: z.enum(['NONE', 'ALL_OLD', 'ALL_NEW']).default('NONE'),
});

/** GetItem, Query, PutItem, UpdateItem and DeleteItem. */
export function itemOperations(store: Store): Readonly<Record<string, JsonOperation>> {
  const placeOf = (name: string, region: string) => ({
    table: store.tables.open(name, region),
    region,
  });
  return {
    GetItem: defineOperation(getShape, (input, { region }) =>
      getItem(store, placeOf(input.TableName, region), input),
    ),
    Query: defineOperation(queryShape, (input, { region }) =>
      query(store, placeOf(input.TableName, region), input),
    ),
    PutItem: defineOperation(putShape, (input, { region }) => {
      const place = placeOf(input.TableName, region);
      checkItemKey(place.table, input.Item);
      const change = { ...input, key: keyOf(place.table, input.Item) };
      return writeItem(store, place, { ...change, next: () => input.Item });
    }),
    DeleteItem: defineOperation(deleteShape, (input, { region }) => {
      const place = placeOf(input.TableName, region);
      checkKey(place.table, input.Key);
      return writeItem(store, place, { ...input, key: input.Key, next: () => undefined });
    }),
    UpdateItem: defineOperation(updateShape, (input, { region }) => {
      const place = placeOf(input.TableName, region);
      checkKey(place.table, input.Key);
      return writeItem(store, place, {
        ...input,
        key: input.Key,
        next: (old, changes) => ({ ...input.Key, ...old, ...changes }),
      });
    }),
  };
}

function getItem({ items }: Store, place: Place, input: z.output<typeof getShape>) {
  checkKey(place.table, input.Key);
  const expressions = openExpressions(input);
  const text = input.ProjectionExpression;
  const shown = expressions.read('ProjectionExpression', text, parseProjection);
  expressions.checkAllUsed();
  const item = items.get(place, input.Key);
  return item === undefined ? {} : { Item: project(item, shown) };
}

interface Change extends Placeholders {
  readonly key: Item;
  readonly ConditionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ReturnValues: 'NONE' | 'ALL_OLD' | 'ALL_NEW';
  /** The item after the write; undefined: there is none any more. */
  next(old: Item | undefined, changes: Item): Item | undefined;
}

const ITEM_BYTES_LIMIT = 400 * 1024;

/** A request is answered before the next one is looked at, so check and write are one step. */
function writeItem({ items }: Store, place: Place, change: Change): { Attributes?: Item } {
  const expressions = openExpressions(change);
  const { ConditionExpression: conditionText, UpdateExpression: updateText } = change;
  const condition = expressions.read('ConditionExpression', conditionText, parseCondition);
  const assignments = expressions.read('UpdateExpression', updateText, parseUpdate) ?? [];
  expressions.checkAllUsed();
  refuseKeyChange(place.table, assignments);
  const old = items.get(place, change.key);
  if (condition?.(old) === false) {
    const message = 'The conditional request failed';
    throw new ServiceError(400, 'ConditionalCheckFailedException', message);
  }
  const changes = Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
  const item = change.next(old, changes);
  if (Buffer.byteLength(JSON.stringify(item ?? {})) > ITEM_BYTES_LIMIT) {
    throw invalid('Item size has exceeded the maximum allowed size');
  }
  items.put(place, change.key, item);
  const returned = { NONE: undefined, ALL_OLD: old, ALL_NEW: item }[change.ReturnValues];
  return returned === undefined ? {} : { Attributes: returned };
}

function refuseKeyChange({ keys }: TableRecord, assignments: readonly Assignment[]): void {
  const names = assignments.map(({ name }) => name);
  const key = keys.find(({ name }) => names.includes(name));
  if (key !== undefined) {
    throw invalid(`Cannot update attribute ${key.name}. This attribute is part of the key`);
  }
  if (new Set(names).size < names.length) {
    throw invalid('Invalid UpdateExpression: Two document paths overlap with each other');
  }
}

function query({ items }: Store, place: Place, input: z.output<typeof queryShape>) {
  const { table } = place;
  const expressions = openExpressions(input);
  const keyText = input.KeyConditionExpression;
  const wanted = expressions.read('KeyConditionExpression', keyText, parseKeyCondition) ?? [];
  const text = input.ProjectionExpression;
  const shown = expressions.read('ProjectionExpression', text, parseProjection);
  expressions.checkAllUsed();
  const partition = table.keys[0]?.name;
  const isKey = wanted.every(({ name }) => table.keys.some((key) => key.name === name));
  if (!isKey || !wanted.some(({ name }) => name === partition)) {
    throw invalid(`Query condition missed key schema element: ${partition}`);
  }
  const sortKey = table.keys[1];
  const found = items
    .all(place)
    .filter((item) => wanted.every(({ name, value }) => isEqual(item[name] ?? {}, value)))
    .toSorted(sortKey === undefined ? () => 0 : compareBy(sortKey));
  const ordered = input.ScanIndexForward ? found : found.toReversed();
  const { page, last } = cutPage(table, ordered, input);
  return {
    Items: page.map((item) => project(item, shown)),
    Count: page.length,
    ScannedCount: page.length,
    ...(last === undefined ? {} : { LastEvaluatedKey: last }),
  };
}

function cutPage(
  table: TableRecord,
  ordered: readonly Item[],
  { ExclusiveStartKey: after, Limit: limit }: z.output<typeof queryShape>,
): { readonly page: readonly Item[]; readonly last: Item | undefined } {
  if (after !== undefined) checkKey(table, after);
  const start = ordered.findIndex(
    (item) => after !== undefined && isEqual(keyOf(table, item), after),
  );
  const rest = ordered.slice(start + 1);
  const page = rest.slice(0, limit);
  const final = page.at(-1);
  // Like DynamoDB, a full page says that there may be more, also when there isn't.
  const isFull = limit !== undefined && page.length === limit && final !== undefined;
  return { page, last: isFull ? keyOf(table, final) : undefined };
}

function project(item: Item, names: readonly string[] | undefined): Item {
  if (names === undefined) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
}
