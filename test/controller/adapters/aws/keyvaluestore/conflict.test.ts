import { CloudFrontKeyValueStoreServiceException } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { expect, it } from 'vitest';
import { isConflict } from '../../../../../controller/adapters/aws/keyvaluestore/conflict.ts';

function refusal(httpStatusCode: number, name: string, message = ''): Error {
  const $metadata = { httpStatusCode };
  return new CloudFrontKeyValueStoreServiceException({
    $fault: 'client',
    $metadata,
    name,
    message,
  });
}

it.each([
  [true, refusal(409, 'ConflictException')],
  [true, refusal(412, 'PreconditionFailed')],
  [true, refusal(400, 'ValidationException', 'The If-Match ETag is not the current one')],
  [false, refusal(400, 'ValidationException', 'Key is too long')],
  [false, refusal(402, 'ServiceQuotaExceededException', 'Maximum size of the value')],
  [false, new Error('If-Match')],
])('%s: %s', (expected, error) => {
  expect(isConflict(error)).toBe(expected);
});
