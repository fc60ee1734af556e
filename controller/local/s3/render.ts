import { renderXml, type XmlValue } from '../http/xml.ts';
import type { ServiceError, ServiceRequest, ServiceResponse } from '../service.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const HEADERS = { 'content-type': 'application/xml' };

export function renderS3Xml(
  name: string,
  value: { readonly [name: string]: XmlValue },
): ServiceResponse {
  return { status: 200, headers: HEADERS, body: renderXml(name, value, NAMESPACE) };
}

/** S3 errors carry no namespace; some of their details double as headers. */
export function renderS3Error(
  error: ServiceError,
  { requestId }: Pick<ServiceRequest, 'requestId'>,
): ServiceResponse {
  const region = error.details['Region'];
  return {
    status: error.status,
    headers: { ...HEADERS, ...(region === undefined ? {} : { 'x-amz-bucket-region': region }) },
    body: renderXml('Error', {
      Code: error.code,
      Message: error.message,
      ...error.details,
      RequestId: requestId,
    }),
  };
}
