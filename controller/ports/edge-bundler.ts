import type { EdgeFeature } from '../../edge/contract/features.ts';

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

export interface EdgeBundler {
  /**
   * Composes the edge functions from source, with these features only; fails when over the byte
   * limit. Throws UsageError, with places in its file, when `before` can't be composed in.
   */
  compose(features: readonly EdgeFeature[], before?: BeforeCode): Promise<EdgeBundle>;
}
