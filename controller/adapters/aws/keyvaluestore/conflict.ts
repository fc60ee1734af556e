import { CloudFrontKeyValueStoreServiceException } from '@aws-sdk/client-cloudfront-keyvaluestore';

/**
 * Whether an update was refused because the store moved. AWS documents no code for a stale If-Match:
 * 409 is likely, 412 what HTTP would say, and 400 with a sentence about it has been reported.
 */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof CloudFrontKeyValueStoreServiceException)) return false;
  const status = error.$metadata.httpStatusCode;
  if (status === 409 || status === 412) return true;
  return status === 400 && /if-?match|etag|precondition/i.test(`${error.name} ${error.message}`);
}
