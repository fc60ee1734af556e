/** Who may read what of a bucket: its distributions, and nobody else. */
import type { PolicyDocument, Statement, Text } from '../iam/document.ts';
import type { AppPolicy } from '../policy/policy.ts';
import { subjectsOf, type EnvironmentSubject } from '../policy/subjects.ts';
import { isReserved, keys } from '../state/keys.ts';
import type { Facts } from './facts.ts';
import { distributionOutput, idOf } from './names.ts';
import { idOfEnvironment, placeOf, type BucketScope } from './scope.ts';
import { sub } from './template.ts';

const CLOUDFRONT = { Service: 'cloudfront.amazonaws.com' } as const;

/**
 * Distributions read what visitors may see: builds, pooled files and pages, of pull requests only where those are
 * shown; never manifests, records or settings. They may list, or S3 would answer 403 for a file that isn't there.
 */
export function composeBucketPolicy(facts: Facts, scope: BucketScope): PolicyDocument {
  const readers = subjectsOf(facts.policies).filter(({ app }) => app.bucket === scope.bucket);
  if (readers.length === 0) return { Version: '2012-10-17', Statement: [] };
  const own = (app: AppPolicy) => readers.filter((subject) => subject.app === app);
  const shows = scope.apps
    .flatMap(own)
    .filter(({ environment }) => environment.preview.builds === 'all');
  return {
    Version: '2012-10-17',
    Statement: [
      ...scope.apps
        .filter((app) => own(app).length > 0)
        .flatMap((app) => readApp(facts, { app, apps: scope.apps, readers: own(app) })),
      ...shows.map((subject) =>
        read(facts, [subject], {
          Sid: idOf('Untrusted', subject.app.app, subject.environment.name),
          Resource: [
            keys.untrustedBuilds(subject.app.app),
            keys.untrustedPool(subject.app.app),
          ].map((folder) => arnOf(scope.bucket, `${folder}*`)),
        }),
      ),
      {
        Sid: 'NoManifests',
        Effect: 'Deny',
        Principal: CLOUDFRONT,
        Action: 's3:GetObject',
        Resource: arnOf(scope.bucket, '*/.headgate/*'),
      },
    ],
  };
}

/** The ARNs of distributions, as conditions name them. One that isn't made yet comes from its stack. */
function arnOfDistribution({ setup }: Facts, subject: EnvironmentSubject): Text {
  const id = setup.existing.distributions.includes(idOfEnvironment(subject))
    ? subject.environment.edge.distribution
    : `\${${distributionOutput(placeOf(subject))}}`;
  return sub(`arn:aws:cloudfront::\${AWS::AccountId}:distribution/${id}`);
}

interface Reading {
  readonly app: AppPolicy;
  /** All that have their builds in this bucket. */
  readonly apps: readonly AppPolicy[];
  readonly readers: readonly EnvironmentSubject[];
}

function readApp(facts: Facts, { app, apps, readers }: Reading): readonly Statement[] {
  const folders = [keys.builds(app), keys.pool(app.app), keys.pages(app.app)];
  const objects = folders.map((folder) => arnOf(app.bucket, `${folder}*`));
  const allow = {
    ...read(facts, readers, {
      Sid: idOf('Read', app.app),
      Resource: [...objects, arnOf(app.bucket)],
    }),
    // In one statement: with a second list of distributions ten apps would fill the policy.
    Action: ['s3:GetObject', 's3:ListBucket'],
  };
  if (!liesAmongOthers(app)) return [allow];
  // Builds lie at the top of the bucket, or where Headgate keeps its own: what is no build is taken out again.
  const own = ['environments/', 'leases/', 'gc/', 'publish/'].map((name) => `${app.app}/${name}*`);
  const others = [keys.settings(app.app), keys.policyCopy(app.app), 'edge/*'];
  const neighbours = apps.filter((other) => other !== app).map((other) => `${other.app}/*`);
  const strangers = readers.filter(({ environment }) => environment.preview.builds !== 'all');
  return [
    allow,
    deny(facts, readers, {
      Sid: idOf('NoState', app.app),
      app,
      keys: [...own, ...others, ...neighbours],
    }),
    ...(strangers.length === 0
      ? []
      : [
          deny(facts, strangers, {
            Sid: idOf('NoUntrusted', app.app),
            app,
            keys: [`${app.app}/untrusted/*`],
          }),
        ]),
  ];
}

interface Denied {
  readonly Sid: string;
  readonly app: AppPolicy;
  readonly keys: readonly string[];
}

function deny(facts: Facts, readers: readonly EnvironmentSubject[], denied: Denied): Statement {
  return {
    ...common(facts, readers),
    Sid: denied.Sid,
    Effect: 'Deny',
    Action: 's3:GetObject',
    Resource: denied.keys.map((key) => arnOf(denied.app.bucket, key)),
  };
}

function liesAmongOthers(app: AppPolicy): boolean {
  const { root } = app;
  return root !== undefined && (root === '' || isReserved(app.app, root));
}

function read(
  facts: Facts,
  readers: readonly EnvironmentSubject[],
  { Sid, Resource }: { readonly Sid: string; readonly Resource: readonly string[] },
): Statement {
  return { ...common(facts, readers), Sid, Effect: 'Allow', Action: 's3:GetObject', Resource };
}

function common(facts: Facts, readers: readonly EnvironmentSubject[]) {
  return {
    Principal: CLOUDFRONT,
    Condition: {
      StringEquals: { 'AWS:SourceArn': readers.map((one) => arnOfDistribution(facts, one)) },
    },
  };
}

function arnOf(bucket: string, key?: string): string {
  return `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
}
