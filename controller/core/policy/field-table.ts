import * as z from 'zod';
import { appSchema, edgeSchema } from './schema.ts';
import { exampleOf, expectationOf, mapOf, renderValue, unwrap, type Schema } from './shape.ts';

interface Row {
  readonly name: string;
  readonly schema: Schema;
}

const HEAD = ['Field', 'What it says', 'Type and limit', 'Default', 'Example'];

/** Markdown tables of every field of the policy files, for policies/README.md. */
export function renderFieldTables(): { readonly edge: string; readonly app: string } {
  return { edge: renderTable(edgeSchema), app: renderTable(appSchema) };
}

function renderTable(schema: Schema): string {
  const rows = listRows({ name: '', schema }).map((row) => [
    `\`${row.name}\``,
    describe(row.schema),
    expectationOf(row.schema),
    renderDefault(row.schema),
    `\`${renderValue(exampleOf(row.schema))}\``,
  ]);
  const lines = [HEAD, HEAD.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Fields with a value of their own, in the order of the file; maps only through what they hold. */
function listRows({ name, schema }: Row): readonly Row[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) {
    const prefix = name === '' ? '' : `${name}.`;
    return Object.entries<Schema>(inner.shape).flatMap(([key, field]) =>
      listRows({ name: prefix + key, schema: field }),
    );
  }
  if (inner instanceof z.ZodRecord) {
    return listRows({ name: `${name}.<name>`, schema: inner.valueType });
  }
  const isList = inner instanceof z.ZodArray && unwrap(inner.element) instanceof z.ZodObject;
  if (isList) return [{ name, schema }, ...listRows({ name: `${name}[]`, schema: inner.element })];
  const long = inner instanceof z.ZodUnion ? mapOf(inner) : undefined;
  return [{ name, schema }, ...(long === undefined ? [] : listRows({ name, schema: long }))];
}

function describe(schema: Schema): string {
  const own = z.globalRegistry.get(schema)?.['description'];
  return own ?? z.globalRegistry.get(unwrap(schema))?.['description'] ?? '';
}

function renderDefault(schema: Schema): string {
  const { success, data } = z.safeParse(schema, undefined);
  if (!success) return 'required';
  return data === undefined ? 'optional' : `\`${renderValue(data)}\``;
}
