import type { Field, Fields } from '../core/fields.ts';

/** CloudFront's event, as far as it is used here. Cookies are not among the headers. */

export interface Repeatable extends Field {
  /** All values of a repeated name, the first one included. */
  readonly multiValue?: readonly Field[];
}

export interface CloudFrontRequest {
  readonly method: string;
  uri: string;
  readonly querystring: Readonly<Record<string, Repeatable | undefined>>;
  readonly headers: Record<string, Field | undefined>;
  readonly cookies: Fields;
  /** The query as sent; undefined: no question mark. Events written by hand need not have it. */
  readonly rawQueryString?: () => string | undefined;
}

export interface CloudFrontResponse {
  statusCode: number;
  readonly headers: Record<string, Field | undefined>;
  cookies?: Record<string, Field | undefined>;
  readonly body?: { readonly encoding: 'text'; readonly data: string };
}

export interface RequestEvent {
  readonly context: { readonly requestId: string };
  readonly viewer: { readonly ip: string };
  request: CloudFrontRequest;
}

export interface ResponseEvent extends RequestEvent {
  readonly response: CloudFrontResponse;
}
