import {
  DeleteBucketOwnershipControlsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  type LifecycleRule,
} from '@aws-sdk/client-s3';
import { inShop, type Fault } from './fault.ts';
import { BUCKET, type Patient } from './patient.ts';

interface Written {
  readonly Version: string;
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

const Bucket = BUCKET;
const ALL = `arn:aws:s3:::${BUCKET}`;

/** The bucket's policy, with other statements. */
function withStatements(
  edit: (statements: Written['Statement'], distribution: string) => Written['Statement'],
): Pick<Fault, 'plant'> {
  return {
    plant: async ({ clients: { builds }, distribution }) => {
      const { Policy = '' } = await builds.send(new GetBucketPolicyCommand({ Bucket }));
      const written = JSON.parse(Policy) as Written;
      const arn = `arn:aws:cloudfront::000000000000:distribution/${distribution}`;
      const changed = { ...written, Statement: edit(written.Statement, arn) };
      const put = (text: string) =>
        builds.send(new PutBucketPolicyCommand({ Bucket, Policy: text }));
      await put(JSON.stringify(changed));
      return () => put(Policy);
    },
  };
}

const allow = (Action: string, Resource: string, arn: string) => ({
  Effect: 'Allow',
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Action,
  Resource,
  Condition: { StringEquals: { 'AWS:SourceArn': arn } },
});

/** Whatever statements allow it. */
const deny = (Action: string, Resource: string) => ({
  Effect: 'Deny',
  Principal: { Service: 'cloudfront.amazonaws.com' },
  Action,
  Resource,
});

function withRules(edit: (rules: LifecycleRule[]) => LifecycleRule[]): Pick<Fault, 'plant'> {
  return {
    plant: async ({ clients: { builds } }) => {
      const { Rules = [] } = await builds.send(
        new GetBucketLifecycleConfigurationCommand({ Bucket }),
      );
      const put = (rules: LifecycleRule[]) =>
        builds.send(
          new PutBucketLifecycleConfigurationCommand({
            Bucket,
            LifecycleConfiguration: { Rules: rules },
          }),
        );
      await put(edit(Rules));
      return () => put(Rules);
    },
  };
}

const withRule = (rule: Omit<LifecycleRule, 'Status' | 'ID'>) =>
  withRules((rules) => [...rules, { ID: 'by-age', Status: 'Enabled', ...rule }]);

async function openUp({ clients: { builds } }: Patient): Promise<() => Promise<unknown>> {
  await builds.send(new DeletePublicAccessBlockCommand({ Bucket }));
  return () =>
    builds.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
}

const everybody = withStatements((statements) => [
  ...statements,
  { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${ALL}/*` },
]);

export const BUCKET_FAULTS: readonly Fault[] = [
  { id: 'public-access-open', plant: openUp },
  {
    id: 'bucket-public',
    brings: ['public-access-open', 'private-readable', 'untrusted-readable'],
    plant: async (patient) => {
      const close = await openUp(patient);
      const undo = await everybody.plant?.(patient);
      return async () => {
        await undo?.();
        await close();
      };
    },
  },
  {
    id: 'list-missing',
    ...withStatements((statements) => [...statements, deny('s3:ListBucket', ALL)]),
  },
  {
    id: 'read-missing',
    says: /shop\/builds\//,
    ...withStatements((statements) => [
      ...statements,
      deny('s3:GetObject', `${ALL}/shop/builds/*`),
    ]),
  },
  {
    id: 'private-readable',
    says: /environments\/prod\/record\.json/,
    ...withStatements((statements, arn) => [
      ...statements,
      allow('s3:GetObject', `${ALL}/shop/environments/*`, arn),
    ]),
  },
  {
    id: 'untrusted-readable',
    ...withStatements((statements, arn) => [
      ...statements,
      allow('s3:GetObject', `${ALL}/shop/untrusted/*`, arn),
    ]),
  },
  {
    id: 'lifecycle-expires',
    says: /rule by-age deletes what is below shop\/builds\//,
    ...withRule({ Filter: { Prefix: 'shop/' }, Expiration: { Days: 30 } }),
  },
  {
    id: 'uploads-kept',
    ...withRules((rules) => rules.map((rule) => ({ ...rule, Filter: { Prefix: 'other/' } }))),
  },
  {
    id: 'overwrite-allowed',
    says: /shop\/builds\//,
    ...withStatements((statements) => statements.filter(({ Sid }) => Sid !== 'NeverOverwrite')),
  },
  {
    id: 'bucket-acls',
    plant: async ({ clients: { builds } }) => {
      await builds.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
      const Rules = [{ ObjectOwnership: 'BucketOwnerEnforced' as const }];
      return () =>
        builds.send(
          new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }),
        );
    },
  },
  {
    id: 'bucket-missing',
    brings: ['record-unreadable', 'rule-other-target', 'schedule-missing'],
    asked: inShop(/^bucket: .*$/m, 'bucket: acme-nowhere'),
  },
  {
    id: 'bucket-elsewhere',
    brings: ['record-unreadable'],
    says: /in eu-west-1, and the policies say us-east-1/,
    asked: inShop(/^region: .*$/m, 'region: us-east-1'),
  },
];
