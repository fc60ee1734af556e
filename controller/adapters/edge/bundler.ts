import { BeforeError } from '../../../edge/before.ts';
import { composeLambdaEdge } from '../../../edge/build-lambda-edge.ts';
import { composeEdge } from '../../../edge/build.ts';
import { UsageError } from '../../core/errors.ts';
import type { EdgeBundler } from '../../ports/edge-bundler.ts';

/** Composes the edge functions from this package's own source. */
export function createEdgeBundler(): EdgeBundler {
  return {
    compose: (features, before) => orUsageError(() => composeEdge(features, before)),
    composeLambdaEdge: (features, config, before) =>
      orUsageError(() => composeLambdaEdge(features, config, before)),
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
