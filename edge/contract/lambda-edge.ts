/** What is composed into a group's Lambda@Edge bundle beside its features; part of the bundle's hash. */
export interface LambdaEdgeConfig {
  /** For so long a route in memory is served without asking for a newer one. */
  readonly routeMaxAgeSeconds: number;
  readonly sessions?: SessionTable;
}

/** A DynamoDB global table that says which build a session is on. */
export interface SessionTable {
  readonly table: string;
  /** Where its replicas are; the first is asked from regions that have none near. */
  readonly regions: readonly string[];
  /** The cookie that carries a session's token. */
  readonly cookie: string;
  readonly attributes: SessionAttributes;
  /** For so long a navigation waits for the row. */
  readonly timeoutMillis: number;
}

export interface SessionAttributes {
  /** The table's key. */
  readonly token: string;
  /** The name of the build. */
  readonly version: string;
  /** Seconds since the epoch: DynamoDB's TTL, which deletes late. */
  readonly expiration: string;
}
