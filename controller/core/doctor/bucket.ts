/** A bucket's own settings; who may read it is beside this. */
import type { AppPolicy } from '../policy/policy.ts';
import { keys } from '../state/keys.ts';
import type { BucketFacts, DoctorFacts, LifecycleRule } from './facts.ts';
import { found, foundIf, type Finding } from './finding.ts';

export function checkBuckets({ buckets, policies }: DoctorFacts): readonly Finding[] {
  const archives = policies.groups.map(({ bucket }) => bucket);
  return buckets.flatMap((facts) => [
    ...checkPlace(facts),
    ...checkPublic(facts),
    ...checkLifecycle(facts, archives.includes(facts.bucket)),
    ...checkUploads(facts),
    ...checkObjects(facts),
  ]);
}

function checkPlace({ bucket, region, actualRegion }: BucketFacts): readonly Finding[] {
  const subject = `bucket ${bucket}`;
  return actualRegion.flatMap((actual) => {
    if (actual === region) return [];
    if (actual === undefined) {
      return [
        found('bucket-missing', {
          subject,
          what: 'there is no such bucket in this account',
          fix: 'headgate bootstrap --deploy makes it; or correct `bucket` in the policy, or use the credentials of its account.',
        }),
      ];
    }
    return [
      found('bucket-elsewhere', {
        subject,
        what: `it is in ${actual}, and the policies say ${region}`,
        fix: `Say \`region: ${actual}\` beside \`bucket: ${bucket}\`.`,
      }),
    ];
  });
}

function checkPublic({ bucket, blocksPublic }: BucketFacts): readonly Finding[] {
  if (blocksPublic[0] !== false) return [];
  return [
    found('public-access-open', {
      subject: `bucket ${bucket}`,
      what: 'not all of its four settings that block public access are on',
      fix: `aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
    }),
  ];
}

/** S3 itself serves these; from all others a file must be restored first (documented). */
const SERVED = ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'];

function checkLifecycle(
  { bucket, apps, lifecycle }: BucketFacts,
  isArchive: boolean,
): readonly Finding[] {
  const kept = [...apps.flatMap(foldersOf), ...(isArchive ? ['edge/'] : [])];
  return lifecycle.flatMap((rules) =>
    rules.flatMap((rule) => {
      const reached = kept.filter((folder) => overlaps(rule, folder));
      return reached.length === 0 ? [] : judge(rule, bucket, reached);
    }),
  );
}

/** Parts that nobody puts together are no objects: no listing shows them, and they are billed. */
function checkUploads({ bucket, lifecycle }: BucketFacts): readonly Finding[] {
  return lifecycle.flatMap((rules) =>
    foundIf(!rules.some(({ aborts, prefix }) => aborts && prefix === ''), 'uploads-kept', {
      subject: `bucket ${bucket}`,
      what: 'no lifecycle rule takes away parts of uploads that nobody finished',
      fix: 'Add a rule with AbortIncompleteMultipartUpload after 7 days for the whole bucket; headgate gc takes away those of publishes.',
    }),
  );
}

/** How objects are kept. Whether CloudFront may use a key of KMS only the key's policy tells, which nobody reads here. */
function checkObjects({ bucket, encryption, ownership }: BucketFacts): readonly Finding[] {
  const subject = `bucket ${bucket}`;
  return [
    ...encryption.flatMap((algorithm) =>
      foundIf(algorithm !== 'AES256', 'bucket-kms', {
        subject,
        what: `it encrypts with ${algorithm}: what is put there from now on no distribution reads, unless the key's policy lets cloudfront.amazonaws.com decrypt; nor are files copied from build to build`,
        fix: `aws s3api put-bucket-encryption --bucket ${bucket} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'`,
      }),
    ),
    ...ownership.flatMap((owner) =>
      foundIf(owner !== 'BucketOwnerEnforced', 'bucket-acls', {
        subject,
        what: `its objects may have ACLs and owners of their own (${owner ?? 'nothing is set'}): its policy decides nothing about those`,
        fix: `aws s3api put-bucket-ownership-controls --bucket ${bucket} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'`,
      }),
    ),
  ];
}

function judge(rule: LifecycleRule, bucket: string, reached: readonly string[]): Finding[] {
  const subject = `bucket ${bucket}`;
  const places = reached.join(', ');
  const archived = rule.moves.filter((one) => !SERVED.includes(one));
  const fix = `Limit the rule to a prefix that holds none of them, or remove it; headgate gc deletes what nothing needs any more.`;
  return [
    ...(rule.expires
      ? [
          found('lifecycle-expires', {
            subject,
            what: `lifecycle rule ${rule.id} deletes what is below ${places} by age, in use or not`,
            fix,
          }),
        ]
      : []),
    ...(archived.length > 0
      ? [
          found('lifecycle-archives', {
            subject,
            what: `lifecycle rule ${rule.id} moves what is below ${places} to ${archived.join(', ')}, from where S3 serves nothing`,
            fix,
          }),
        ]
      : []),
  ];
}

/** What routes, pages that are open and records need. Builds of pull requests may expire. */
function foldersOf(app: AppPolicy): readonly string[] {
  const { app: name } = app;
  return [
    keys.builds(app),
    keys.pool(name),
    keys.pages(name),
    `${name}/environments/`,
    keys.settings(name),
    keys.policyCopy(name),
  ];
}

function overlaps({ prefix }: LifecycleRule, folder: string): boolean {
  return prefix.startsWith(folder) || folder.startsWith(prefix);
}
