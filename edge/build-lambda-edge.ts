import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import type { BeforeCode } from '../controller/ports/edge-bundler.ts';
import { BeforeError, bringBefore, explainFailure } from './before.ts';
import type { Runtime } from './before.ts';
import { defineFeatures, findRoot, measure, renderSizes } from './build.ts';
import type { MeasuredFunction } from './build.ts';
import type { EdgeFeature } from './contract/features.ts';
import type { LambdaEdgeConfig } from './contract/lambda-edge.ts';

/**
 * CloudFront refuses archives of more than 1 MB at viewer events. So it fits uncompressed, with 48 KB for
 * the host table.
 */
const CODE_BYTES_LIMIT = 1_000_000;

const NODE: Runtime = { has: isBuiltin, text: 'the function is one file, with what Node has' };

/**
 * Composes `index.js` from source: all three triggers, with these features, this configuration and the
 * team's own code in front. The same bytes for the same input, on every machine.
 */
export async function composeLambdaEdge(
  features: readonly EdgeFeature[],
  config: LambdaEdgeConfig,
  before?: BeforeCode,
): Promise<MeasuredFunction> {
  // Of what the table says only a bundle with sessions takes notice.
  const used = config.sessions === undefined ? features : [...features, 'session' as const];
  const { outputFiles, metafile } = await build({
    absWorkingDir: findRoot(import.meta.dirname),
    entryPoints: [`edge/lambda-edge/handler${before === undefined ? '' : '-with-before'}.ts`],
    plugins: [bringBefore(before, NODE)],
    outfile: 'index.js',
    bundle: true,
    write: false,
    metafile: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    define: { ...defineFeatures(used), HEADGATE_CONFIG: JSON.stringify(inOrder(config)) },
    // The bytes depend on this file alone.
    tsconfigRaw: {},
    logLevel: 'silent',
  }).catch((failure: unknown) => {
    throw before === undefined ? failure : explainFailure(failure, before);
  });
  const bundle = measure(outputFiles[0]?.text ?? '', metafile);
  refuseOver(bundle, before);
  return bundle;
}

function refuseOver(bundle: MeasuredFunction, before: BeforeCode | undefined): void {
  const over = Buffer.byteLength(bundle.code) - CODE_BYTES_LIMIT;
  if (over <= 0) return;
  const text = `the Lambda@Edge function is ${over} bytes over ${CODE_BYTES_LIMIT}`;
  if (before !== undefined) throw new BeforeError(`${before.file}: with it ${text}`);
  throw new Error(`${text}\n${renderSizes(bundle)}`);
}

/** The same text for the same configuration, whoever wrote it down in which order. */
function inOrder({ routeMaxAgeSeconds, sessions }: LambdaEdgeConfig): LambdaEdgeConfig {
  if (sessions === undefined) return { routeMaxAgeSeconds };
  const { table, regions, cookie, attributes, timeoutMillis } = sessions;
  const { token, version, expiration } = attributes;
  const named = { token, version, expiration };
  return {
    routeMaxAgeSeconds,
    sessions: { table, regions, cookie, attributes: named, timeoutMillis },
  };
}
