import { ServiceError } from '../service.ts';

/** The errors S3 answers in more than one place. */
export const errors = {
  accessDenied: () => new ServiceError(403, 'AccessDenied', 'Access Denied'),
  noSuchBucket: (bucket: string) =>
    new ServiceError(404, 'NoSuchBucket', 'The specified bucket does not exist', {
      BucketName: bucket,
    }),
  noSuchKey: (key: string) =>
    new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key }),
  preconditionFailed: (condition: string) =>
    new ServiceError(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      { Condition: condition },
    ),
  invalidRequest: (message: string) => new ServiceError(400, 'InvalidRequest', message),
  malformedXml: () =>
    new ServiceError(
      400,
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    ),
  notImplemented: (what: string) =>
    new ServiceError(501, 'NotImplemented', `The local cloud does not implement ${what}.`),
} as const;
