/** Reads a schema: what stands at a path, what is expected there, and a valid example. */
import { stringify } from 'yaml';
import * as z from 'zod';

export type Schema = z.core.$ZodType;
export type Path = readonly PropertyKey[];

/** The schema at a path of a document; undefined where the schema knows no such key. */
export function schemaAt(root: Schema, path: Path): Schema | undefined {
  return path.reduce<Schema | undefined>((schema, key) => {
    if (schema instanceof z.ZodObject || schema instanceof z.ZodUnion) {
      return fieldsOf(schema).get(String(key));
    }
    if (schema instanceof z.ZodRecord) return unwrap(schema.valueType);
    if (schema instanceof z.ZodArray) return unwrap(schema.element);
    return undefined;
  }, unwrap(root));
}

/** The keys of a map with their schemas, defaults taken off; empty for anything else. */
export function fieldsOf(schema: Schema | undefined): ReadonlyMap<string, Schema> {
  if (schema instanceof z.ZodUnion) return fieldsOf(mapOf(schema));
  if (!(schema instanceof z.ZodObject)) return new Map();
  const fields = Object.entries<Schema>(schema.shape);
  return new Map(fields.map(([key, field]) => [key, unwrap(field)]));
}

/** The long form of a value that may be written short: `cookie: staff` or `cookie: { name: staff }`. */
export function mapOf(union: z.ZodUnion): Schema | undefined {
  return union.options.find((option) => option instanceof z.ZodObject);
}

export function unwrap(schema: Schema): Schema {
  const isWrapped =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional;
  return isWrapped ? unwrap(schema.unwrap()) : schema;
}

/** Completes "... is not <this>". */
export function expectationOf(schema: Schema): string {
  return String(z.globalRegistry.get(unwrap(schema))?.['expects']);
}

/** A valid value: its own example; of a map what must be there, or all if nothing must. */
export function exampleOf(schema: Schema): unknown {
  const inner = unwrap(schema);
  const examples = z.globalRegistry.get(inner)?.['examples'];
  if (Array.isArray(examples)) return examples[0];
  if (inner instanceof z.ZodArray) return [exampleOf(inner.element)];
  if (inner instanceof z.ZodRecord) {
    return { [String(exampleOf(inner.keyType))]: exampleOf(inner.valueType) };
  }
  if (inner instanceof z.ZodObject) {
    const fields = Object.entries<Schema>(inner.shape);
    const required = fields.filter(([, field]) => !z.safeParse(field, undefined).success);
    const shown = required.length > 0 ? required : fields;
    return Object.fromEntries(shown.map(([key, field]) => [key, exampleOf(field)]));
  }
  return undefined;
}

/** `hold: 10m`, with the nearest key of the path; a whole file for a path without one. */
export function renderExample(root: Schema, path: Path): string {
  const end = path.findLastIndex((key) => typeof key === 'string') + 1;
  const schema = schemaAt(root, path.slice(0, end));
  if (end === 0) return stringify(exampleOf(root)).trimEnd();
  if (schema === undefined) return renderExample(root, path.slice(0, end - 1));
  const map = schemaAt(root, path.slice(0, end - 1));
  const key = path[end - 1];
  // A wrong name doesn't belong into an example.
  const isName = !(map instanceof z.ZodRecord) || z.safeParse(map.keyType, key).success;
  // As a key `*` takes quotes.
  const name = renderValue(String(isName ? key : exampleOf(map.keyType)));
  return `${name}: ${renderValue(exampleOf(schema))}`;
}

/** On one line, as YAML. */
export function renderValue(value: unknown): string {
  return stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: false,
    lineWidth: 0,
  }).trimEnd();
}
