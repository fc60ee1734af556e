import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import type { EdgeBundle, EdgeFunctionCode } from '../controller/ports/edge-bundler.ts';

/** CloudFront refuses functions over this many bytes. */
const FUNCTION_BYTES_LIMIT = 10_000;

/** What each function may take with the features of this version, minified UTF-8, without the floor table. */
export const BUDGETS = { request: 4000, response: 2000 } as const;

/** What CloudFront's runtime 2.0 and njs know. esbuild lowers what it can of the rest and refuses what it can't. */
const SYNTAX: BuildOptions = {
  target: 'es2020',
  supported: {
    'default-argument': false,
    'array-spread': false,
    'object-rest-spread': false,
    destructuring: false,
    class: false,
    'for-of': false,
    'optional-chain': false,
    'nullish-coalescing': false,
    'logical-assignment': false,
    'optional-catch-binding': false,
    bigint: false,
    generator: false,
    'async-generator': false,
    'for-await': false,
    'new-target': false,
    'top-level-await': false,
    'regexp-dot-all-flag': false,
    'regexp-sticky-and-unicode-flags': false,
  },
};

/** A function with the bytes that each of its source files takes. */
export interface MeasuredFunction extends EdgeFunctionCode {
  readonly sizes: Readonly<Record<string, number>>;
}

export interface MeasuredBundle extends EdgeBundle {
  readonly request: MeasuredFunction;
  readonly response: MeasuredFunction;
}

type FunctionName = keyof typeof BUDGETS;

/** Composes both functions from source. Throws when one is over CloudFront's limit, with what takes the bytes. */
export async function composeEdge(): Promise<MeasuredBundle> {
  const [request, response] = await Promise.all([
    composeFunction('request'),
    composeFunction('response'),
  ]);
  const bundle = { request, response };
  refuseOver(bundle, { request: FUNCTION_BYTES_LIMIT, response: FUNCTION_BYTES_LIMIT });
  return bundle;
}

/** Throws when a function is over its budget, with what takes the bytes: for tests and CI. */
export function checkBudgets(bundle: MeasuredBundle): void {
  refuseOver(bundle, BUDGETS);
}

function refuseOver(bundle: MeasuredBundle, limits: Readonly<Record<FunctionName, number>>): void {
  for (const name of ['request', 'response'] as const) {
    const bytes = Buffer.byteLength(bundle[name].code);
    if (bytes <= limits[name]) continue;
    throw new Error(
      `edge function ${name}: ${bytes} bytes, limit ${limits[name]}\n${renderSizes(bundle[name])}`,
    );
  }
}

function renderSizes(code: MeasuredFunction): string {
  return Object.entries(code.sizes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([file, bytes]) => `${String(bytes).padStart(6)}  ${file}`)
    .join('\n');
}

async function composeFunction(name: FunctionName): Promise<MeasuredFunction> {
  const root = findRoot(import.meta.dirname);
  const result = await build({
    ...SYNTAX,
    absWorkingDir: root,
    entryPoints: [`edge/cloudfront-function/${name}.ts`],
    outfile: `${name}.js`,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    external: ['cloudfront'],
    minify: true,
    // The bytes depend on this file alone.
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  const code = keepHandler(result.outputFiles[0]?.text ?? '');
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const inputs = result.metafile.outputs[`${name}.js`]?.inputs ?? {};
  const sizes = Object.fromEntries(
    Object.entries(inputs).map(([file, input]) => [file, input.bytesInOutput]),
  );
  return { code, hash, sizes };
}

/**
 * CloudFront wants a top-level `handler` and no exports. Minifying renames it and leaves
 * `export{a as handler};`, and without the export it would be dropped as unused: so the name is
 * put back where the function is declared, the one place that mentions it.
 */
function keepHandler(code: string): string {
  const [exported, name] = /export\{([\w$]+) as handler\};\s*$/.exec(code) ?? [];
  const declaration = `function ${name}(`;
  if (exported === undefined || !code.includes(declaration)) {
    throw new Error('edge function without `export function handler`');
  }
  return code.slice(0, -exported.length).replace(declaration, 'function handler(');
}

/** The package root, from the source tree as well as from `dist/`. */
function findRoot(folder: string): string {
  if (existsSync(join(folder, 'edge/cloudfront-function/request.ts'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('edge sources not found: is the package complete?');
  return findRoot(parent);
}
