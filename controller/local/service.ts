/** What every imitated AWS service implements. The HTTP server authenticates, routes by signing name, and writes the answer. */

export interface ServiceRequest {
  readonly method: string;
  /** As sent: percent-encoded, no query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The region the request was signed for. */
  readonly region: string;
  readonly requestId: string;
  /** Absent where a service is called without HTTP: then everything is allowed. */
  readonly caller?: Caller | undefined;
}

/** Who asks; that they may ask it has been seen to before a service hears of it. */
export interface Caller {
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>`, or of the administrator. */
  readonly arn: string;
  /** Of a session's role: with the path, which the session's own ARN hasn't got. */
  readonly roleArn?: string;
  readonly userId: string;
  /** For what only the service can ask: whether a missing key may be told from a forbidden one. */
  may(action: string, resource: string): boolean;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A body that may be too large for memory, in place of `body`. */
  readonly pieces?: Iterable<Uint8Array>;
}

/** How a service writes errors; decides the codes of refused signatures. */
export type Protocol = 's3' | 'rest-xml' | 'query' | 'aws-json' | 'rest-json';

export interface Service {
  /** Default: `rest-xml`. */
  readonly protocol?: Protocol;
  /** SigV4 signing names this service answers for, e.g. `['s3']`. */
  readonly signingNames: readonly string[];
  /** Whether a request with this body needs no signature. Default: every request does. */
  isUnsigned?(body: Buffer): boolean;
  handle(request: ServiceRequest): Promise<ServiceResponse>;
  /** Renders an error the way this service's protocol does. */
  renderError(error: ServiceError, request: ServiceRequest): ServiceResponse;
}

/** An AWS error: its code, HTTP status and message. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;

  // oxlint-disable-next-line max-params -- the first three always read as one line of AWS's own documentation
  constructor(status: number, code: string, message: string, details: Record<string, string> = {}) {
    super(message);
    this.name = 'ServiceError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Small durable documents on disk, written atomically before a request is answered. */
export interface Disk {
  read<T>(name: string): T | undefined;
  write(name: string, value: unknown): void;
  remove(name: string): void;
  /** Names below a folder, its subfolders included: `list('a')` gives `a/b` and `a/b/c`, not `ab`. */
  list(folder: string): readonly string[];
  /** Raw bytes live beside the documents, under names of their own. */
  readBytes(name: string): Buffer | undefined;
  writeBytes(name: string, bytes: Uint8Array): void;
  removeBytes(name: string): void;
}

/** Divides every real duration of the local cloud; 1 is real time. */
export interface CloudClock {
  now(): Date;
  readonly speed: number;
}

export const ACCOUNT_ID = '000000000000';
