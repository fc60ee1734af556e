import type { EdgeFeature } from '../../edge/contract/features.ts';
import type { LambdaEdgeConfig } from '../../edge/contract/lambda-edge.ts';

export interface EdgeFunctionCode {
  /** Minified, without the floor table. */
  readonly code: string;
  /** Hex SHA-256 of `code`, first 16 digits. */
  readonly hash: string;
}

export interface EdgeBundle {
  readonly request: EdgeFunctionCode;
  readonly response: EdgeFunctionCode;
}

/** The team's own viewer-request code. */
export interface BeforeCode {
  /** For messages. */
  readonly file: string;
  readonly text: string;
}

/** Scripts for the app's pages: see edge/beacon/. */
export type SnippetName = 'beacon' | 'open-tab';

export interface EdgeBundler {
  /**
   * Composes the edge functions from source, with these features only; fails when over the byte
   * limit. Throws UsageError, with places in its file, when `before` can't be composed in.
   */
  compose(features: readonly EdgeFeature[], before?: BeforeCode): Promise<EdgeBundle>;
  /**
   * The same for Lambda@Edge: `index.js`, in CommonJS, whose `handler` answers viewer-request,
   * origin-request and viewer-response. The floor table is put behind it in the same way.
   */
  composeLambdaEdge(
    features: readonly EdgeFeature[],
    config: LambdaEdgeConfig,
    before?: BeforeCode,
  ): Promise<EdgeFunctionCode>;
  /** The text of an inline script, of at most 1,000 bytes. */
  composeSnippet(name: SnippetName): Promise<string>;
}
