import type { PolicyDocument } from '../../core/iam/document.ts';

/** Keys that requests here have, so that a condition on them decides something. */
const KNOWN = new Set(
  [
    'aws:PrincipalAccount',
    'aws:PrincipalArn',
    'aws:PrincipalIsAWSService',
    'aws:RequestedRegion',
    'aws:SecureTransport',
    'aws:SourceAccount',
    'aws:SourceArn',
    'aws:userid',
    'cloudwatch:namespace',
    'events:source',
    'iam:PassedToService',
    's3:ObjectCreationOperation',
    's3:delimiter',
    's3:if-match',
    's3:if-none-match',
    's3:max-keys',
    's3:prefix',
    's3:x-amz-copy-source',
    's3:x-amz-metadata-directive',
    'ssm:Overwrite',
    'ssm:Recursive',
    'sts:RoleSessionName',
  ].map((key) => key.toLowerCase()),
);

/** `token.actions.githubusercontent.com:sub`: what a token of a provider says. */
const CLAIM = /^[\w-]+(\.[\w-]+)+(\/[^:]*)?:(sub|aud)$/;

/** A key that no request ever has would make a condition that looks as if it were evaluated. */
export function findUnknownKey(condition: unknown): string | undefined {
  return Object.values((condition ?? {}) as Readonly<Record<string, object>>)
    .flatMap((keys) => Object.keys(keys))
    .find((key) => !KNOWN.has(key.toLowerCase()) && !CLAIM.test(key));
}

/** The keys that conditions of these policies are about. */
export function contextKeysOf(policies: readonly PolicyDocument[]): readonly string[] {
  const keys = policies
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Condition = {} }) => Object.values(Condition).flatMap((one) => Object.keys(one)));
  return [...new Set(keys)];
}
