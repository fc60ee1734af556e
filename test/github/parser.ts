import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Workflows from '@actions/workflow-parser';
import type * as Actions from '@actions/workflow-parser/actions/index';
import type * as Convert from '@actions/workflow-parser/model/convert';
import { buildSync } from 'esbuild';

type Parser = Pick<typeof Workflows, 'parseWorkflow' | 'convertWorkflowTemplate'> &
  Pick<typeof Actions, 'parseAction' | 'convertActionTemplate'> &
  Pick<typeof Convert, 'ErrorPolicy'>;

/**
 * GitHub's own parser, bundled first: it imports JSON without an import attribute, which Node refuses
 * and esbuild does not.
 */
const parser = loadParser();

function loadParser(): Parser {
  const directory = mkdtempSync(join(tmpdir(), 'headgate-parser-'));
  try {
    const outfile = join(directory, 'parser.cjs');
    buildSync({
      stdin: {
        contents: `
          export { parseWorkflow, convertWorkflowTemplate } from '@actions/workflow-parser';
          export { parseAction, convertActionTemplate } from '@actions/workflow-parser/actions/index';
          export { ErrorPolicy } from '@actions/workflow-parser/model/convert';`,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
    });
    return createRequire(import.meta.url)(outfile) as Parser;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Go on after an error, so that one run finds them all. */
const all = { errorPolicy: parser.ErrorPolicy.TryConversion };
const silent = { error: () => {}, info: () => {}, verbose: () => {} };

/** What GitHub would say of a workflow file: `name (Line: 1, Col: 2): ...` each. */
export async function findWorkflowErrors(name: string, content: string): Promise<string[]> {
  const { context, value } = parser.parseWorkflow({ name, content }, silent);
  if (value) await parser.convertWorkflowTemplate(context, value, undefined, all);
  return context.errors.getErrors().map(String);
}

/** The same of an `action.yml`. */
export function findActionErrors(name: string, content: string): string[] {
  const { context, value } = parser.parseAction({ name, content }, silent);
  if (value) parser.convertActionTemplate(context, value, all);
  return context.errors.getErrors().map(String);
}
