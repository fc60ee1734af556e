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

/** Composes the edge functions from source; fails when over the byte limit. */
export interface EdgeBundler {
  compose(): Promise<EdgeBundle>;
}
