import { typeOf, type Item } from './attribute.ts';
import { invalid } from './expression.ts';
import type { KeyAttribute, TableRecord } from './table-store.ts';

/** An item's primary key alone. */
export function keyOf({ keys }: TableRecord, item: Item): Item {
  return Object.fromEntries(keys.map(({ name }) => [name, item[name] ?? {}]));
}

const BYTES_LIMITS = [2048, 1024];

/** Refuses an item whose key attributes are missing, empty, too long or of another type. */
export function checkItemKey({ keys }: TableRecord, item: Item): void {
  for (const [index, key] of keys.entries()) {
    const value = item[key.name];
    if (value === undefined) {
      throw parameter(`Missing the key ${key.name} in the item`);
    }
    if (typeOf(value) !== key.type) {
      const types = `expected: ${key.type} actual: ${typeOf(value)}`;
      throw parameter(`Type mismatch for key ${key.name} ${types}`);
    }
    const bytes = Buffer.byteLength(String(value[key.type]), key.type === 'B' ? 'base64' : 'utf8');
    if (bytes === 0) throw parameter(`A key attribute cannot be empty. Key: ${key.name}`);
    if (bytes > (BYTES_LIMITS[index] ?? 0)) throw parameter(`The key ${key.name} is too long`);
  }
}

/** Refuses anything but exactly the table's key attributes. */
export function checkKey(table: TableRecord, key: Item): void {
  const isWhole = Object.keys(key).length === table.keys.length;
  const fits = table.keys.every(({ name, type }) => typeOf(key[name] ?? {}) === type);
  if (!isWhole || !fits) throw invalid('The provided key element does not match the schema');
  checkItemKey(table, key);
}

/** Orders items by their sort key: texts and binaries by bytes, numbers by value. */
export function compareBy({ name, type }: KeyAttribute): (a: Item, b: Item) => number {
  const read = (item: Item) => item[name]?.[type] as string;
  if (type === 'N') return (a, b) => Number(read(a)) - Number(read(b));
  const encoding = type === 'B' ? 'base64' : 'utf8';
  return (a, b) => Buffer.compare(Buffer.from(read(a), encoding), Buffer.from(read(b), encoding));
}

function parameter(why: string) {
  return invalid(`One or more parameter values were invalid: ${why}`);
}
