/** Who may read what of a bucket, asked of its policy. */
import type { PolicyDocument } from '../iam/document.ts';
import { evaluate, type AccessRequest } from '../iam/evaluate.ts';
import { findUnsupported } from '../iam/unsupported.ts';
import type { AppPolicy } from '../policy/policy.ts';
import { keys } from '../state/keys.ts';
import type { DistributionSettings } from './distribution-settings.ts';
import type { BucketFacts, DoctorFacts, EnvironmentLook } from './facts.ts';
import { found, type Finding } from './finding.ts';

export function checkAccess(facts: DoctorFacts): readonly Finding[] {
  return facts.buckets.flatMap((bucket) =>
    bucket.policy.flatMap((policy) => judge(bucket, policy === undefined ? [] : [policy], facts)),
  );
}

/** Of one bucket: none, which lets nobody in, or one. */
type BucketPolicies = readonly PolicyDocument[];

function judge(
  bucket: BucketFacts,
  policies: BucketPolicies,
  facts: DoctorFacts,
): readonly Finding[] {
  const [problem] = policies.flatMap((policy) => findUnsupported(policy));
  if (problem !== undefined) {
    return [
      found('bucket-policy-unclear', {
        subject: `bucket ${bucket.bucket}`,
        what: `its policy can't be judged: ${problem}`,
        fix: 'headgate bootstrap --outputs-only prints the statements that it should have.',
      }),
    ];
  }
  const own = facts.environments.filter(({ subject }) => subject.app.bucket === bucket.bucket);
  return [
    ...checkEverybody(bucket, policies),
    ...own.flatMap((look) => checkDistribution(look, bucket, policies)),
  ];
}

/** An object that nobody named: who may read that may read all there is below. */
const ANY = 'any-object';

function checkEverybody({ bucket, apps }: BucketFacts, policies: BucketPolicies): Finding[] {
  const probes = [ANY, ...apps.flatMap(listKinds)];
  const may = (action: string, objects: readonly string[] = probes) =>
    objects.some((key) => isAllowed(policies, bucket, { action, key, asker: ANYBODY }));
  const open = [
    ...(may('s3:GetObject') ? ['read'] : []),
    ...(may('s3:ListBucket', ['']) ? ['list'] : []),
    ...(may('s3:PutObject') || may('s3:DeleteObject') ? ['write'] : []),
  ];
  if (open.length === 0) return [];
  return [
    found('bucket-public', {
      subject: `bucket ${bucket}`,
      what: `its policy lets everybody ${open.join(', ')}`,
      fix: 'Allow cloudfront.amazonaws.com with StringEquals AWS:SourceArn of the distributions, and nobody else: headgate bootstrap --outputs-only prints it.',
    }),
  ];
}

/** One object of each kind: a statement may be about some of them alone. */
function listKinds(app: AppPolicy): readonly string[] {
  const { app: name, environments } = app;
  return [
    `${keys.builds(app)}1/index.html`,
    keys.manifest(app, '1'),
    `${keys.pool(name)}1.js`,
    `${keys.pages(name)}1.html`,
    `${keys.untrustedBuilds(name)}pr-1/index.html`,
    keys.settings(name),
    keys.policyCopy(name),
    ...environments.flatMap(({ name: environment, edge }) => [
      keys.record(name, environment),
      keys.codeRecord(edge.group),
    ]),
  ];
}

function checkDistribution(
  look: EnvironmentLook,
  { bucket }: BucketFacts,
  policies: BucketPolicies,
): readonly Finding[] {
  return look.settings.flatMap((known) => {
    if (known === undefined) return [];
    const { arn } = known;
    const may: May = (key, action = 's3:GetObject') =>
      askersOf(known).some((asker) => isAllowed(policies, bucket, { action, key, asker }));
    const about = { look, bucket, arn };
    return [...checkReadable(may, about), ...checkHidden(may, about)];
  });
}

type May = (key: string, action?: string) => boolean;

interface About {
  readonly look: EnvironmentLook;
  readonly bucket: string;
  readonly arn: string;
}

/** What it must be able to read. */
function checkReadable(may: May, { look, bucket, arn }: About): readonly Finding[] {
  const { app, environment } = look.subject;
  const subject = `${app.app}/${environment.name}`;
  const id = environment.edge.distribution;
  const wanted = [
    keys.builds(app),
    ...(app.pool.include.length > 0 ? [keys.pool(app.app)] : []),
    ...(environment.gate === undefined ? [] : [keys.pages(app.app)]),
    ...(environment.preview.builds === 'all'
      ? [keys.untrustedBuilds(app.app), keys.untrustedPool(app.app)]
      : []),
  ];
  const missing = wanted.filter((folder) => !may(`${folder}1/index.html`));
  const allow = (what: string) =>
    `Let cloudfront.amazonaws.com ${what} with AWS:SourceArn ${arn}: headgate bootstrap --outputs-only prints the statement.`;
  const unread = found('read-missing', {
    subject,
    what: `distribution ${id} may not read ${missing.join(', ')} of bucket ${bucket}`,
    fix: allow('do s3:GetObject there'),
  });
  const unlisted = found('list-missing', {
    subject,
    what: `distribution ${id} may not list bucket ${bucket}: S3 answers 403 for a file that isn't there`,
    fix: allow('do s3:ListBucket on the bucket'),
  });
  return [...(missing.length > 0 ? [unread] : []), ...(may('', 's3:ListBucket') ? [] : [unlisted])];
}

/** What nobody may get through it. */
function checkHidden(may: May, { look }: About): readonly Finding[] {
  const { app, environment, group } = look.subject;
  const subject = `${app.app}/${environment.name}`;
  const id = environment.edge.distribution;
  const open = [
    keys.manifest(app, '1'),
    keys.record(app.app, environment.name),
    keys.settings(app.app),
    keys.policyCopy(app.app),
    keys.codeRecord(group.name),
  ].filter((key) => may(key));
  const isForAll = environment.preview.builds === 'all';
  const leak = found('private-readable', {
    subject,
    what: `visitors of distribution ${id} could read ${open.join(', ')}`,
    fix: 'Limit s3:GetObject to builds/, pool/ and pages/, and deny builds/*/.headgate/*.',
  });
  const untrusted = found('untrusted-readable', {
    subject,
    what: `distribution ${id} serves customers and may read builds of pull requests (${keys.untrustedBuilds(app.app)})`,
    fix: `Leave its ARN out of the statement for ${app.app}/untrusted/*.`,
  });
  return [
    ...(open.length > 0 ? [leak] : []),
    ...(!isForAll && may(`${keys.untrustedBuilds(app.app)}pr-1/index.html`) ? [untrusted] : []),
  ];
}

type Asker = Required<Pick<AccessRequest, 'principal' | 'context'>>;

/** S3 says over what a request came; policies often refuse plain HTTP. */
const SECURE = { 'aws:SecureTransport': 'true' };
const ANYBODY: Asker = { principal: { kind: 'AWS', names: [] }, context: SECURE };

/** CloudFront in the name of one distribution; or as an identity, which came before that. */
function askersOf({ arn, identities }: DistributionSettings): readonly Asker[] {
  const account = arn.split(':')[4] ?? '';
  const user = 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity';
  return [
    {
      principal: { kind: 'Service', names: ['cloudfront.amazonaws.com'] },
      context: { ...SECURE, 'aws:SourceArn': arn, 'aws:SourceAccount': account },
    },
    ...identities.map((id) => ({
      principal: { kind: 'AWS' as const, names: [`${user} ${id}`] },
      context: SECURE,
    })),
  ];
}

interface Asked {
  readonly action: string;
  readonly key: string;
  readonly asker: Asker;
}

function isAllowed(
  policies: BucketPolicies,
  bucket: string,
  { action, key, asker }: Asked,
): boolean {
  const arn = `arn:aws:s3:::${bucket}`;
  const resource = action === 's3:ListBucket' ? arn : `${arn}/${key}`;
  return evaluate(policies, { action, resource, ...asker }) === 'allowed';
}
