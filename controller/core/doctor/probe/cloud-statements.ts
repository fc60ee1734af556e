import type { Statement } from './statement.ts';

const PAGE = 'controller/local/README.md';

/** Of the local cloud's page, about S3, SSM and IAM. */
export const CLOUD_STATEMENTS: readonly Statement[] = [
  {
    id: 'clock-skew',
    page: PAGE,
    says: 'the clocks differ by more than',
    measured: {
      how: 'requests signed with the time of 14 and of 16 minutes later',
      part: 'basics',
    },
  },
  {
    id: 'session-status',
    page: PAGE,
    says: 'credentials of a session: the token',
    measured: {
      how: "requests without the session's token, and after its end: S3, SSM, CloudFront",
      part: 'session-end',
    },
  },
  {
    id: 'copy-condition-name',
    page: PAGE,
    says: '`Condition` names which failed',
    measured: { how: "a copy of an object under an ETag that it doesn't have", part: 'basics' },
  },
  {
    id: 'principal-star',
    page: PAGE,
    says: 'also covers CloudFront',
    measured: {
      how: "an object that the bucket's policy gives to * under the distribution's ARN",
      part: 'edge',
    },
  },
  {
    id: 'copy-under-never-overwrite',
    page: PAGE,
    says: 'under such a policy a copy with the header',
    measured: {
      how: 'a copy with `If-None-Match: *` in a bucket whose policy wants that header',
      part: 'basics',
    },
  },
  {
    id: 'delete-bucket-with-upload',
    page: PAGE,
    says: 'parts of unfinished uploads',
    measured: { how: 'the scratch bucket is deleted with an upload unfinished', part: 'basics' },
  },
  {
    id: 'parameter-bytes',
    page: PAGE,
    says: '4 KB per value',
    measured: { how: '4,096 letters that take two bytes each', part: 'basics' },
  },
  {
    id: 'parameter-consistent',
    page: PAGE,
    says: 'reads are consistent at once',
    measured: { how: 'ten writes, each read at once', part: 'basics' },
  },
  {
    id: 'trust-white-space',
    page: PAGE,
    says: 'its trust policy: 2,048',
    measured: { how: '3,000 spaces in a trust policy', part: 'roles' },
  },
  {
    id: 'list-without-prefix',
    page: PAGE,
    says: "reads of a key that isn't there",
    measured: {
      how: 'a session whose `s3:ListBucket` has a condition on `s3:prefix` asks for a key that nobody put',
      part: 'roles',
    },
  },
  {
    id: 'cloudfront-creation-permission',
    page: PAGE,
    says: 'creations in CloudFront',
    measured: { how: 'a session makes each kind', part: 'roles' },
  },
  {
    id: 'store-permission',
    page: PAGE,
    says: 'a KeyValueStore by its name',
    measured: { how: 'a session describes a store that it may describe by its ARN', part: 'roles' },
  },
  {
    id: 'lambda-permission',
    page: PAGE,
    says: 'a distribution with Lambda@Edge functions',
    measured: {
      how: "a session of a role of the probe's own changes a comment, without permissions for the functions and with them",
      part: 'lambda-edge',
    },
  },
  {
    id: 'function-permission',
    page: PAGE,
    says: 'a distribution with CloudFront Functions, a function',
    measured: { how: 'a session that may create and no more makes both', part: 'roles' },
  },
  {
    id: 'describe-alarms-permission',
    page: PAGE,
    says: '| DescribeAlarms',
    measured: { how: 'a session asks for the one alarm that it may describe', part: 'roles' },
  },
];
