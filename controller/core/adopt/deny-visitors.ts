import type { Statement } from '../iam/document.ts';

/** For the policy of a bucket whose builds lie at its top: what distributions may not read, of whatever app. */
export function denyVisitors(bucket: string): Statement {
  const hidden = [
    '*/.headgate/*',
    '*/environments/*',
    '*/policies.json',
    '*/settings.json',
    '*/untrusted/*',
    'edge/*',
  ];
  return {
    Sid: 'NotOfVisitors',
    Effect: 'Deny',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action: 's3:GetObject',
    Resource: hidden.map((key) => `arn:aws:s3:::${bucket}/${key}`),
  };
}
