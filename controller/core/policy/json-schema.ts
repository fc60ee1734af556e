import { z } from 'zod';
import { appSchema, edgeSchema } from './schema.ts';

/** JSON Schemas of the policy files, for editors; the text of each file under `policies/`. */
export function renderJsonSchemas(): { readonly edge: string; readonly app: string } {
  return { edge: render(edgeSchema), app: render(appSchema) };
}

function render(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, {
    // What YAML language servers understand in full.
    target: 'draft-07',
    // What people write: defaults are optional.
    io: 'input',
    override: ({ jsonSchema }) => {
      const { expects } = jsonSchema;
      delete jsonSchema['expects'];
      if (jsonSchema.pattern) jsonSchema['patternErrorMessage'] = `Expected ${String(expects)}.`;
    },
  });
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
