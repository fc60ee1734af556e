import { basename, dirname, join } from 'node:path';
import { BeforeError } from '../../../edge/before.ts';
import { UsageError } from '../../core/errors.ts';
import type { EdgeBundler } from '../../ports/edge-bundler.ts';
import { keepComposed, type Built } from './composed.ts';

// esbuild and terser are the largest part of the command line: loaded when a bundle isn't kept already.
const loadFunctions = () => import('../../../edge/build.ts');
const loadLambdaEdge = () => import('../../../edge/build-lambda-edge.ts');
const loadSnippets = () => import('../../../edge/build-beacon.ts');

/** Composes the edge functions from this package's own source; the same ones once, because minifying takes its time. */
export function createEdgeBundler(built = findBuilt(import.meta.dirname)): EdgeBundler {
  const keep = keepComposed(built);
  return {
    compose: once((features, before) =>
      keep(['functions', features, before], () =>
        orUsageError(async () => (await loadFunctions()).composeEdge(features, before)),
      ),
    ),
    composeLambdaEdge: once((features, config, before) =>
      keep(['lambda', features, config, before], () =>
        orUsageError(async () =>
          (await loadLambdaEdge()).composeLambdaEdge(features, config, before),
        ),
      ),
    ),
    composeSnippet: once((name) =>
      keep(['snippet', name], async () => (await loadSnippets()).composeSnippet(name)),
    ),
  };
}

/** undefined: the command line runs from source. */
function findBuilt(directory: string): Built | undefined {
  if (basename(directory) !== 'dist') return undefined;
  return { directory, sources: join(dirname(directory), 'edge') };
}

/** Plan, apply and every group with the same features ask for the same bundle. */
function once<Asked extends readonly unknown[], Bundle>(
  compose: (...asked: Asked) => Promise<Bundle>,
): (...asked: Asked) => Promise<Bundle> {
  const composed = new Map<string, Promise<Bundle>>();
  return (...asked) => {
    const key = JSON.stringify(asked);
    const bundle = composed.get(key) ?? compose(...asked);
    composed.set(key, bundle);
    return bundle;
  };
}

async function orUsageError<T>(compose: () => Promise<T>): Promise<T> {
  try {
    return await compose();
  } catch (error) {
    if (!(error instanceof BeforeError)) throw error;
    throw new UsageError(error.message, error.next, { cause: error });
  }
}
