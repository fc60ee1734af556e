import { BeforeError } from '../../../edge/before.ts';
import { composeEdge } from '../../../edge/build.ts';
import { UsageError } from '../../core/errors.ts';
import type { EdgeBundler } from '../../ports/edge-bundler.ts';

/** Composes the edge functions from this package's own source. */
export function createEdgeBundler(): EdgeBundler {
  return {
    async compose(features, before) {
      try {
        return await composeEdge(features, before);
      } catch (error) {
        if (!(error instanceof BeforeError)) throw error;
        throw new UsageError(error.message, 'Correct that file.', { cause: error });
      }
    },
  };
}
