/** A bucket's own settings; who may read it is beside this. */
import type { AppPolicy } from '../policy/policy.ts';
import { keys } from '../state/keys.ts';
import type { BucketFacts, DoctorFacts, LifecycleRule } from './facts.ts';
import { found, type Finding } from './finding.ts';

export function checkBuckets({ buckets, policies }: DoctorFacts): readonly Finding[] {
  const archives = policies.groups.map(({ bucket }) => bucket);
  return buckets.flatMap((facts) => [
    ...checkPlace(facts),
    ...checkPublic(facts),
    ...checkLifecycle(facts, archives.includes(facts.bucket)),
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
