/** The event a CloudFront function gets, as documented under "event structure" in the developer guide. */

/** One header, cookie or query parameter; `multiValue` holds all values when there are several. */
export interface Field {
  readonly value: string;
  readonly multiValue?: readonly FieldValue[];
  /** Of a response cookie only: what follows the first semicolon. */
  readonly attributes?: string;
}

export interface FieldValue {
  readonly value: string;
  readonly attributes?: string;
}

export type Fields = Readonly<Record<string, Field>>;

export interface EventRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly uri: string;
  readonly querystring: Fields;
  readonly headers: Fields;
  readonly cookies: Fields;
}

export interface EventResponse {
  readonly statusCode: number;
  readonly statusDescription?: string;
  readonly headers: Fields;
  readonly cookies: Fields;
  readonly body?: string | { readonly encoding: 'text' | 'base64'; readonly data: string };
}

export type EventType = 'viewer-request' | 'viewer-response';

export interface FunctionEvent {
  readonly version: '1.0';
  readonly context: {
    readonly distributionDomainName: string;
    readonly endpoint: string;
    readonly distributionId: string;
    readonly eventType: EventType;
    readonly requestId: string;
  };
  readonly viewer: { readonly ip: string };
  readonly request: EventRequest;
  readonly response?: EventResponse;
}

/** All values of a field that came from a viewer or an origin. */
export function valuesOf(field: Field): readonly string[] {
  return (field.multiValue ?? [field]).map(({ value }) => value);
}
