/** Lambda@Edge's event, as far as it is used here. Cookies are among the headers, as sent. */

/** By lower-case name, one entry for each line. */
export type LambdaHeaders = Record<string, readonly LambdaHeader[] | undefined>;

export interface LambdaHeader {
  readonly key?: string;
  readonly value: string;
}

export interface LambdaRequest {
  readonly clientIp: string;
  readonly method: string;
  uri: string;
  /** As sent, without the question mark. */
  readonly querystring: string;
  readonly headers: LambdaHeaders;
  /** At origin-request only. */
  origin?: { readonly s3?: unknown; readonly custom?: unknown };
}

export interface LambdaResponse {
  readonly status: string;
  readonly statusDescription: string;
  readonly headers: LambdaHeaders;
  /** Of an answer that is made at the edge. */
  readonly body?: string;
}

export interface LambdaConfig {
  readonly distributionDomainName: string;
  readonly eventType: string;
  /** The same at viewer-request and viewer-response. */
  readonly requestId: string;
}

export interface LambdaExchange {
  readonly config: LambdaConfig;
  request: LambdaRequest;
  /** At viewer-response only. */
  readonly response?: LambdaResponse;
}

export interface LambdaEvent {
  readonly Records: readonly [{ readonly cf: LambdaExchange }];
}
