import { renderXml, type XmlValue } from '../http/xml.ts';
import { ServiceError, type ServiceRequest, type ServiceResponse } from '../service.ts';
import { parseXml, type XmlElement } from './xml.ts';

export const API_VERSION = '2020-05-31';
const NAMESPACE = `http://cloudfront.amazonaws.com/doc/${API_VERSION}/`;

/** One operation's request: what is in the path, and the body on demand. */
export interface Call {
  /** Id or name in the path; empty on the collection. */
  readonly id: string;
  /** Of what lies below it, as an invalidation below its distribution; mostly empty. */
  readonly subId: string;
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  body(): XmlElement;
}

/** `GET :id/config` -> what answers it. */
export type Routes = Readonly<Record<string, (call: Call) => ServiceResponse>>;

export function createCall(request: ServiceRequest, id: string, subId: string): Call {
  return {
    id,
    subId,
    query: request.query,
    ifMatch: request.headers['if-match'],
    body: () => parseXml(request.body.toString('utf8')),
  };
}

export function xmlAnswer(
  status: number,
  root: string,
  answer: { readonly value: XmlTree; readonly headers?: Readonly<Record<string, string>> },
): ServiceResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', ...answer.headers },
    body: renderXml(root, answer.value, NAMESPACE),
  };
}

export function xmlError(error: ServiceError, requestId: string): ServiceResponse {
  const value = {
    Error: {
      Type: error.status < 500 ? 'Sender' : 'Receiver',
      Code: error.code,
      Message: error.message,
    },
    RequestId: requestId,
  };
  return xmlAnswer(error.status, 'ErrorResponse', { value });
}

export type XmlTree = { readonly [name: string]: XmlValue };

export const NO_CONTENT: ServiceResponse = { status: 204 };

/** Refuses a change that wasn't made against the present version. */
export function checkIfMatch(call: Call, tag: string): void {
  if (call.ifMatch === undefined) {
    const message = 'The If-Match version is missing or not valid for the resource.';
    throw new ServiceError(400, 'InvalidIfMatchVersion', message);
  }
  if (call.ifMatch === tag) return;
  const message =
    "The request failed because it didn't meet the preconditions in one or more request-header fields.";
  throw new ServiceError(412, 'PreconditionFailed', message);
}

export function invalidArgument(message: string): ServiceError {
  return new ServiceError(400, 'InvalidArgument', message);
}

/** Refuses members of a request that nothing here would look at. */
export function refuseMembers(body: XmlElement, names: readonly string[]): void {
  const name = names.find((one) => body[one] !== undefined);
  if (name === undefined) return;
  throw new ServiceError(400, 'UnsupportedOperation', `The local cloud does not imitate ${name}.`);
}

const PAGE_SIZE = 100;

/** One page of a list, in CloudFront's words. The marker is the id of the last item of the page before. */
export function pageOf<T>(
  call: Call,
  items: readonly T[],
  render: {
    readonly idOf: (item: T) => string;
    readonly as: string;
    readonly item: (item: T) => XmlTree;
  },
): XmlTree {
  const size = Number(call.query.get('MaxItems') ?? PAGE_SIZE);
  const marker = call.query.get('Marker');
  const sorted = items.toSorted((a, b) => (render.idOf(a) < render.idOf(b) ? -1 : 1));
  const rest = sorted.filter((item) => marker === null || render.idOf(item) > marker);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  return {
    Marker: marker ?? '',
    NextMarker: more ? render.idOf(last) : undefined,
    MaxItems: size,
    IsTruncated: more,
    Quantity: page.length,
    Items: page.length === 0 ? undefined : { [render.as]: page.map(render.item) },
  };
}
