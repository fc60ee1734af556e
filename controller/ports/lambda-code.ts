/** A numbered version of a function; it never changes. */
export interface LambdaVersion {
  /** With the version's number. */
  readonly arn: string;
  /** Of its archive, base64. */
  readonly codeSha256: string;
  /** It runs as this role, with the limits and the runtime that we publish with. */
  readonly role: string;
  readonly isCurrent: boolean;
}

export interface LambdaDraft {
  readonly name: string;
  /** `index.js`, in CommonJS. */
  readonly code: string;
  readonly role: string;
  readonly description: string;
}

export interface InvokeOutcome {
  /** What the handler returned, parsed; undefined when it failed. */
  readonly output: unknown;
  readonly error: string | undefined;
}

/** Lambda functions in us-east-1, where Lambda@Edge has them replicated from. */
export interface LambdaCode {
  /** The last numbered version; undefined: the function doesn't exist or was never published. */
  readLast(name: string): Promise<LambdaVersion | undefined>;
  /** What `codeSha256` of this code is. */
  digest(code: string): Promise<string>;
  /** Creates or updates what is not published yet, and waits until it can run. */
  stage(draft: LambdaDraft): Promise<void>;
  /** Runs what is staged, once. */
  invoke(name: string, event: unknown): Promise<InvokeOutcome>;
  /** Gives what is staged a number. Throws ConflictError when something else is staged by now. */
  publish(draft: LambdaDraft): Promise<LambdaVersion>;
}
