import { basename } from 'node:path';
import { BeforeError } from '../../../edge/before.ts';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { composeEdge } from '../../../edge/build.ts';
import { UsageError } from '../../core/errors.ts';
import type { EdgeBundler } from '../../ports/edge-bundler.ts';
import { keepComposed } from './composed.ts';

/** Composes the edge functions from this package's own source; the same ones once, because minifying takes its time. */
export function createEdgeBundler(directory = findBuilt(import.meta.dirname)): EdgeBundler {
  const keep = keepComposed(directory);
  return {
    compose: once((features, before) =>
      keep(['functions', features, before], () =>
        orUsageError(() => composeEdge(features, before)),
      ),
    ),
    composeLambdaEdge: once((features, config, before) =>
      keep(['lambda', features, config, before], () =>
        orUsageError(() => composeLambdaEdge(features, config, before)),
      ),
    ),
  };
}

/** Where the built command line is; undefined when it runs from source, which may change between two runs. */
function findBuilt(directory: string): string | undefined {
  return basename(directory) === 'dist' ? directory : undefined;
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
