import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import type { BeforeCode, EdgeBundle, EdgeFunctionCode } from '../controller/ports/edge-bundler.ts';
import { BeforeError, bringBefore, explainFailure } from './before.ts';
import { floorBytesLimit, withFloor } from './contract/floor.ts';
import { EDGE_FEATURES } from './contract/features.ts';
import type { EdgeFeature } from './contract/features.ts';
import { minifyMore } from './minify.ts';

/** CloudFront refuses functions over this many bytes. */
const FUNCTION_BYTES_LIMIT = 10_000;

/** Of these the floor table may take its share at any time. */
function codeBytesLimit(features: readonly EdgeFeature[]): number {
  return FUNCTION_BYTES_LIMIT - Buffer.byteLength(withFloor('', {})) - floorBytesLimit(features);
}

interface Budgets {
  readonly request: number;
  readonly response: number;
}

/** What each function may take with these features, minified UTF-8, without the floor table. */
export function budgetsOf(features: readonly EdgeFeature[]): Budgets {
  const { request, response } = budgetsBesideBeacon(features);
  if (!features.includes('beacon')) return { request, response };
  return { request: Math.min(request + 600, 8350), response };
}

function budgetsBesideBeacon(features: readonly EdgeFeature[]): Budgets {
  const has = (one: EdgeFeature) => features.includes(one);
  const isMore = has('pinned') && (has('signed') || has('gate'));
  if (isMore || has('origins') || has('untrusted') || has('adopted')) {
    return { request: 7900, response: 2500 };
  }
  if (has('gate')) return { request: 7000, response: 2500 };
  const isMoreThanBase = features.some((one) => one !== 'beacon');
  return { request: isMoreThanBase ? 5500 : 4000, response: 2000 };
}

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

/** Properties that nothing but edge/core reads or writes: in no route, key ring, event or answer. */
const OWN_NAMES = /^(path|query|told|guarded|arm|line|wanted|ring|scope|mac)$/;

/** A function with the bytes that each of its source files takes. */
export interface MeasuredFunction extends EdgeFunctionCode {
  readonly sizes: Readonly<Record<string, number>>;
}

export interface MeasuredBundle extends EdgeBundle {
  readonly request: MeasuredFunction;
  readonly response: MeasuredFunction;
}

type FunctionName = keyof Budgets;

/**
 * Composes both functions from source, with these features and no others, and the team's own code
 * in front. Throws when one is over CloudFront's limit, with what takes the bytes; a BeforeError
 * when it is the team's code that can't be used.
 */
export async function composeEdge(
  features: readonly EdgeFeature[],
  before?: BeforeCode,
): Promise<MeasuredBundle> {
  const [request, response] = await Promise.all([
    composeFunction('request', features, before),
    composeFunction('response', features),
  ]);
  const bundle = { request, response };
  if (before !== undefined) await refuseTooMuch(request, features, before);
  const limit = codeBytesLimit(features);
  refuseOver(bundle, { request: limit, response: limit });
  return bundle;
}

async function refuseTooMuch(
  request: MeasuredFunction,
  features: readonly EdgeFeature[],
  before: BeforeCode,
): Promise<void> {
  const bytes = Buffer.byteLength(request.code);
  const limit = codeBytesLimit(features);
  if (bytes <= limit) return;
  const { file } = before;
  const own = Object.entries(request.sizes).find(([name]) => name.endsWith(file))?.[1] ?? 0;
  const savings = await listSavings(bytes, features, before);
  throw new BeforeError(
    `${file}: takes ${own} bytes minified, ${bytes - limit} too many: ` +
      `together with Headgate's own they may take ${limit}`,
    savings === ''
      ? 'Shorten it.'
      : `Shorten it, or move what uses one of these features to another group, which frees so many bytes: ${savings}.`,
  );
}

/** What the function would lose with each of its features, the most first: some share code. */
async function listSavings(
  bytes: number,
  features: readonly EdgeFeature[],
  before: BeforeCode,
): Promise<string> {
  const savings = await Promise.all(
    features.map(async (feature) => {
      const others = features.filter((one) => one !== feature);
      const { code } = await composeFunction('request', others, before);
      return { feature, less: bytes - Buffer.byteLength(code) };
    }),
  );
  const sorted = savings.toSorted((a, b) => b.less - a.less);
  return sorted.map(({ feature, less }) => `${feature} ${less}`).join(', ');
}

/** Throws when a function is over the budget of its features, with what takes the bytes: for tests and CI. */
export function checkBudgets(bundle: MeasuredBundle, features: readonly EdgeFeature[]): void {
  refuseOver(bundle, budgetsOf(features));
}

function refuseOver(bundle: MeasuredBundle, limits: Budgets): void {
  for (const name of ['request', 'response'] as const) {
    const bytes = Buffer.byteLength(bundle[name].code);
    if (bytes <= limits[name]) continue;
    throw new Error(
      `edge function ${name}: ${bytes} bytes, limit ${limits[name]}\n${renderSizes(bundle[name])}`,
    );
  }
}

export function renderSizes(code: MeasuredFunction): string {
  return Object.entries(code.sizes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([file, bytes]) => `${String(bytes).padStart(6)}  ${file}`)
    .join('\n');
}

/** Modules of CloudFront's own. A bundle that has no use for one doesn't import it. */
const leaveToRuntime: Plugin = {
  name: 'runtime',
  setup({ onResolve }) {
    onResolve({ filter: /^(cloudfront|crypto)$/ }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    }));
  },
};

async function composeFunction(
  name: FunctionName,
  features: readonly EdgeFeature[],
  before?: BeforeCode,
): Promise<MeasuredFunction> {
  const root = findRoot(import.meta.dirname);
  const entry = before === undefined ? name : `${name}-with-before`;
  const result = await build({
    ...SYNTAX,
    absWorkingDir: root,
    entryPoints: [`edge/cloudfront-function/${entry}.ts`],
    plugins: [bringBefore(before), leaveToRuntime],
    outfile: `${name}.js`,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    minify: true,
    // The team's code may have such names, too, and in values that come from elsewhere.
    ...(before === undefined && { mangleProps: OWN_NAMES }),
    define: defineFeatures(features),
    // The bytes depend on this file alone.
    tsconfigRaw: {},
    logLevel: 'silent',
  }).catch((failure: unknown) => {
    throw before === undefined ? failure : explainFailure(failure, before);
  });
  const code = keepHandler(result.outputFiles[0]?.text ?? '');
  return measure(await minifyMore(code, { isOurs: before === undefined }), result.metafile);
}

/** What the bundler is told about FEATURE_...: see edge/core/features.d.ts. */
export function defineFeatures(features: readonly EdgeFeature[]): Record<string, string> {
  return Object.fromEntries(
    EDGE_FEATURES.map((one) => [`FEATURE_${one.toUpperCase()}`, String(features.includes(one))]),
  );
}

/** Hash and sizes of a bundle that was made of one entry point. */
export function measure(code: string, { outputs }: Metafile): MeasuredFunction {
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const sizes = Object.fromEntries(inputs.map(([file, input]) => [file, input.bytesInOutput]));
  return { code, hash, sizes };
}

/**
 * CloudFront wants a top-level `handler` and no exports. Minifying renames it and leaves
 * `export{a as handler};`, and without the export it would be dropped as unused: so the name is
 * put back where the function is declared: the last such place, because the entry point comes after
 * all that it imports, and functions within others may have got the same short name.
 */
function keepHandler(code: string): string {
  const [exported, name] = /export\{([\w$]+) as handler\};\s*$/.exec(code) ?? [];
  const declaration = `function ${name}(`;
  const at = code.lastIndexOf(declaration);
  if (exported === undefined || at < 0) {
    throw new Error('edge function without `export function handler`');
  }
  const end = code.slice(at + declaration.length, -exported.length);
  return `${code.slice(0, at)}function handler(${end}`;
}

/** The package root, from the source tree as well as from `dist/`. */
export function findRoot(folder: string): string {
  if (existsSync(join(folder, 'edge/cloudfront-function/request.ts'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('edge sources not found: is the package complete?');
  return findRoot(parent);
}
