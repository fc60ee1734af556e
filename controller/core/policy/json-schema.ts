import * as z from 'zod';
import { appSchema, edgeSchema } from './schema.ts';
import { expectationOf } from './shape.ts';

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
    override: ({ zodSchema, jsonSchema }) => {
      delete jsonSchema['expects'];
      if (!jsonSchema.pattern) return;
      // Not `expects` of `jsonSchema`: one that is optional comes here without what is said of its inner one.
      jsonSchema['patternErrorMessage'] = `Expected ${expectationOf(zodSchema)}.`;
    },
  });
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
