import { parse } from 'yaml';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { renderJsonSchemas } from '../../../../controller/core/policy/json-schema.ts';
import { pathOfExample, readExample, writeApp } from './fixtures.ts';

const schemas = renderJsonSchemas();

// A stale file fails; `npm test -- json-schema -u` writes it again. The flag last: a path behind it would be its value.
test('the committed JSON Schemas are those of the code', async () => {
  await expect(schemas.edge).toMatchFileSnapshot(pathOfExample('edge.schema.json'));
  await expect(schemas.app).toMatchFileSnapshot(pathOfExample('app.schema.json'));
});

test('editors accept what the controller accepts, and mark what it refuses', () => {
  const accepts = (schema: string, text: string) =>
    z.fromJSONSchema(JSON.parse(schema) as z.core.JSONSchema.JSONSchema).safeParse(parse(text))
      .success;
  expect(accepts(schemas.edge, readExample('edge.yaml').text)).toBe(true);
  expect(accepts(schemas.app, readExample('shop.yaml').text)).toBe(true);
  expect(accepts(schemas.app, writeApp())).toBe(true);
  expect(accepts(schemas.app, writeApp({ release: 'build: 1043' }))).toBe(false);
  expect(accepts(schemas.app, writeApp({ environment: 'gate: {}' }))).toBe(false);
});

test('every field has a description for the editor, and every value an example', () => {
  const bare: string[] = [];
  const visit = (node: z.core.JSONSchema.JSONSchema, path: string) => {
    for (const [key, field] of Object.entries(node.properties ?? {})) {
      if (typeof field === 'boolean') continue;
      if (!field.description) bare.push(`${path}${key}: description`);
      if (field.type !== 'object' && field.type !== 'array' && !field.examples) {
        bare.push(`${path}${key}: examples`);
      }
      visit(field, `${path}${key}.`);
    }
    for (const inner of [node.items, node.additionalProperties]) {
      if (typeof inner === 'object' && !Array.isArray(inner)) visit(inner, `${path}*.`);
    }
  };
  for (const schema of Object.values(schemas)) visit(JSON.parse(schema), '');
  expect(bare).toEqual([]);
  expect(Object.values(schemas).join()).not.toContain('Expected undefined');
});
