/** That nobody overwrites a build, which the bucket's policy sees to. */
import { evaluate } from '../iam/evaluate.ts';
import { findUnsupported } from '../iam/unsupported.ts';
import { keys } from '../state/keys.ts';
import type { BucketFacts, DoctorFacts } from './facts.ts';
import { foundIf, type Finding } from './finding.ts';

export function checkOverwrites({ buckets }: DoctorFacts): readonly Finding[] {
  return buckets.flatMap((bucket) => bucket.policy.flatMap((policy) => judge(bucket, policy)));
}

/** What can't be evaluated is a finding already. Builds at the bucket's top are left out, as bootstrap leaves them out. */
function judge(
  { bucket, apps }: BucketFacts,
  policy: Parameters<typeof evaluate>[0][number] | undefined,
): readonly Finding[] {
  if (policy !== undefined && findUnsupported(policy).length > 0) return [];
  const open = apps
    .filter(({ root }) => root !== '')
    .flatMap((app) => [keys.builds(app), keys.pool(app.app)])
    .filter((folder) => {
      const request = {
        action: 's3:PutObject',
        resource: `arn:aws:s3:::${bucket}/${folder}1/index.html`,
        principal: { kind: 'AWS', names: [] },
        context: { 's3:ObjectCreationOperation': 'true', 'aws:SecureTransport': 'true' },
      } as const;
      return policy === undefined || evaluate([policy], request) !== 'explicitDeny';
    });
  return foundIf(open.length > 0, 'overwrite-allowed', {
    subject: `bucket ${bucket}`,
    what: `nothing keeps who may write from putting another file in the place of one below ${open.join(', ')}`,
    evidence: 'Headgate itself never does: it asks S3 to create only',
    fix: 'Add the statement NeverOverwrite that headgate bootstrap --outputs-only prints to its policy.',
  });
}
