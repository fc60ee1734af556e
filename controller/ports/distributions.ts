export interface Behaviour {
  /** CloudFront path pattern as configured; `*` for the default behaviour. */
  readonly pattern: string;
  readonly originDomain: string;
  /** '' or a path with a leading and no trailing slash. */
  readonly originPath: string;
  readonly viewerRequestArn: string | undefined;
  readonly viewerResponseArn: string | undefined;
  /** Lambda@Edge associations on viewer events, as `event arn`; they exclude functions. */
  readonly viewerLambdas: readonly string[];
}

export interface Distribution {
  readonly id: string;
  /** The distribution's own domain name, lower case. */
  readonly domain: string;
  readonly aliases: readonly string[];
  readonly enabled: boolean;
  readonly status: 'Deployed' | 'InProgress';
  /** In the order CloudFront matches them; the default is last. */
  readonly behaviours: readonly Behaviour[];
  readonly revision: string;
}

export interface Association {
  readonly pattern: string;
  readonly viewerRequestArn: string;
  readonly viewerResponseArn: string;
}

export interface Distributions {
  /** undefined: there is no such distribution. */
  read(id: string): Promise<Distribution | undefined>;
  /** Sets the two viewer functions of the named behaviours and nothing else. Throws ConflictError when the revision moved. */
  associate(id: string, revision: string, associations: readonly Association[]): Promise<void>;
}
