/** What `headgate bootstrap` makes beyond what the policies say. All of it has a default but the repositories. */
import * as z from 'zod';
import { choice, list, map } from './fields.ts';
import * as setup from './setup-values.ts';
import * as values from './values.ts';

const github = map('Whose runs may assume the roles. Left out: there are none for GitHub.', {
  releases: setup.repository.describe('The repository of these policies.'),
  branch: setup.branch
    .describe('Its branch that releases, and the one of the apps that publishes.')
    .default('main'),
  environment: setup.githubEnvironment
    .describe('The GitHub environment that the jobs which release are in, if they are in one.')
    .optional(),
  apps: z
    .record(
      values.appName,
      setup.repository
        .meta({ examples: ['acme/shop'] })
        .describe('Repository of the app, whose runs publish its builds.'),
    )
    .meta({
      description: 'Repository of each app, which publishes its builds.',
      expects: 'a map of apps to repositories',
      examples: [{ shop: 'acme/shop' }],
    })
    .default({}),
  plan: choice(['pull-requests', 'off'])
    .describe(
      'Who gets the role that plans: pull requests of that repository, whose branches can then read signing keys. off: nobody; they are only validated.',
    )
    .default('pull-requests'),
  provider: choice(['create', 'existing'])
    .describe("GitHub's identity provider, one per account: made here, or there already.")
    .default('create'),
});

const metric = map('The metric that an alarm watches.', {
  namespace: setup.namespace.describe('Namespace of the metric in CloudWatch.'),
  metric: setup.metricName.describe('Name of the metric.'),
  dimensions: z
    .record(
      setup.dimensionName,
      setup.dimensionValue.describe('Value of a dimension of the metric.'),
    )
    .meta({
      description: 'Its dimensions.',
      expects: 'a map of dimensions to their values',
      examples: [{ Service: 'checkout' }],
    })
    .default({}),
  statistic: choice(['Sum', 'Average', 'Maximum', 'Minimum', 'SampleCount'])
    .describe('What of it is compared.')
    .default('Sum'),
  threshold: z
    .number()
    .min(0)
    .meta({ expects: 'a number from 0', examples: [5] })
    .describe('From this value on it is too much.'),
  period: setup.period.describe('How long one value is gathered.').default('1m'),
  periods: z
    .int()
    .min(1)
    .max(20)
    .meta({ expects: 'a whole number from 1 to 20', examples: [1] })
    .describe('So many of these in a row fire it.')
    .default(1),
});

const alarm = z
  .union([choice(['existing']), metric])
  .meta({
    expects: 'existing, or a map of namespace, metric, threshold',
    examples: [{ namespace: 'Storefront', metric: 'CheckoutErrors', threshold: 5 }],
  })
  .describe(
    'What an alarm of the policies watches. existing: somebody else makes it. Left out: the share of 5xx answers of the distribution.',
  );

const names = <T extends z.ZodType>(item: T, of: string, description: string) =>
  list(item, { max: 200, of }).describe(description).default([]);

const existing = map('What there is already and bootstrap leaves alone.', {
  distributions: names(values.memberName, 'environments', 'Environments whose distribution it is.'),
  buckets: names(values.bucket, 'buckets', 'Buckets, with their policies.'),
  keyValueStores: names(values.storeName, 'KeyValueStores', 'KeyValueStores.'),
  tables: names(values.tableName, 'tables', 'Tables of sessions.'),
  roles: names(values.roleArn, 'roles', 'Roles of Lambda@Edge functions.'),
}).meta({ examples: [{ buckets: ['acme-web-builds'] }] });

const byName = <K extends z.ZodString, V extends z.ZodType>(
  key: K,
  value: V,
  meta: { readonly description: string; readonly expects: string; readonly examples: unknown[] },
) => z.record(key, value).meta(meta);

const CERTIFICATE =
  'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012';

const lane = map('The Lambda function that guards and takes steps without GitHub.', {
  schedule: setup.schedule
    .describe('How often it looks for the next step.')
    .default('rate(1 minute)'),
  revert: map('The GitHub App as which it opens the revert of its rollback. Needs `github`.', {
    app: setup.appId.describe(
      'Id of the GitHub App as which it opens the revert of its rollback; needs `github`. Always in quotes.',
    ),
    key: setup.appKey.describe('The SSM SecureString with its private key, in us-east-1.'),
  }).optional(),
});

/** `setup` of `edge.yaml`. */
export const setupSchema = map('What `headgate bootstrap` makes beyond what policies say.', {
  stack: setup.stackName
    .describe(
      'Name of the CloudFormation stacks, one per region; names of what is in them begin with it.',
    )
    .default('headgate'),
  github: github.optional(),
  certificates: byName(
    setup.certifiedName,
    setup.certificateArn.describe(
      'Its certificate. Without one the distribution has no host names.',
    ),
    {
      description: 'Certificates by environment; "*": all others.',
      expects: 'a map of environments to certificates',
      examples: [{ '*': CERTIFICATE }],
    },
  ).default({}),
  headers: choice(['standard', 'none'])
    .describe('Security headers of every answer; none: the app sends its own.')
    .default('standard'),
  fastLane: z
    .union([choice(['off']), lane])
    .meta({ expects: 'off, or a map of schedule', examples: [{ schedule: 'rate(1 minute)' }] })
    .describe('The Lambda function that guards and takes steps without GitHub. off: none.')
    .prefault({}),
  alarms: byName(values.sentence(255, 'an alarm name', 'shop-prod-errors'), alarm, {
    description: 'What the alarms of the policies watch.',
    expects: 'a map of alarm names to metrics',
    examples: [{ 'shop-prod-errors': 'existing' }],
  }).default({}),
  apis: byName(
    values.memberName,
    z
      .record(
        values.pathPattern,
        values.originUrl.describe(
          'By environment and path pattern: who answers there, uncached, with all methods.',
        ),
      )
      .meta({
        description: 'Paths of an environment that a server answers, uncached, with all methods.',
        expects: 'a map of path patterns to URLs',
        examples: [{ '/api/*': 'https://api.example.com' }],
      }),
    {
      description: 'Behaviours beside those of the app, by environment.',
      expects: 'a map of environments to maps of path patterns',
      examples: [{ 'shop/prod': { '/api/*': 'https://api.example.com' } }],
    },
  ).default({}),
  origins: byName(
    values.appName,
    z
      .record(
        values.originId,
        values.originUrl.describe('By app and id of a whole origin: where it answers.'),
      )
      .meta({
        description: 'Whole origins that the policy of an app names by id.',
        expects: 'a map of origin ids to URLs',
        examples: [{ 'blue-app': 'https://blue.example.com' }],
      }),
    {
      description: 'Where the whole origins answer that policies name by id.',
      expects: 'a map of apps to maps of origin ids',
      examples: [{ shop: { 'blue-app': 'https://blue.example.com' } }],
    },
  ).default({}),
  existing: existing.prefault({}),
}).meta({ examples: [{ certificates: { '*': CERTIFICATE } }] });

export type WrittenSetup = z.output<typeof setupSchema>;
