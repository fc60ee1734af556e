import { composeEdge } from '../../../edge/build.ts';
import type { EdgeBundler } from '../../ports/edge-bundler.ts';

/** Composes the edge functions from this package's own source. */
export function createEdgeBundler(): EdgeBundler {
  return { compose: composeEdge };
}
