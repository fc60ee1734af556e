/**
 * What a policy file may say: the one source of types, checks, messages, JSON Schemas and the tables
 * in policies/README.md. A field is here when its behaviour is built; any other is refused as unknown.
 */
import { z } from 'zod';
import { DEFAULT_SETTINGS } from '../state/manifest.ts';
import * as values from './values.ts';

const group = map('An edge group: functions and a KeyValueStore shared by several environments.', {
  runtime: choice(['cloudfront-functions']).describe('What runs the edge code.'),
  keyValueStore: values.storeName.describe(
    'CloudFront KeyValueStore the edge reads routes from. It must exist, and belongs to this group only.',
  ),
  bucket: values.bucket.describe('S3 bucket where every published edge code is archived.'),
  region: values.region.describe('Region of that bucket.'),
});

/** `edge.yaml`. */
export const edgeSchema = map('Edge groups shared by all apps.', {
  apiVersion: values.apiVersion,
  groups: z.record(values.groupName, group).meta({
    description: 'Edge groups by name. New edge code goes out in the order of this file.',
    expects: 'a map of group names to groups',
  }),
}).meta({ title: 'Headgate edge groups' });

const step = map('One step of a rollout.', {
  weight: values.weight.describe('Share of visitors that get the new build; grows step by step.'),
  hold: values.positiveDuration.describe('How long the step lasts before the next one.'),
});

const release = map('Which build, and how it gets to everyone.', {
  build: values.build.describe('The build everyone should get. Always in quotes.'),
  steps: list(step, { max: 20, of: 'steps' })
    .describe('Shares of visitors on the way to everyone. None: everyone at once.')
    .default([]),
  bake: values.duration
    .describe('How long the guard stays armed after everyone has the build.')
    .default('10m'),
  keep: z
    .int()
    .min(0)
    .max(5)
    .meta({ expects: 'a whole number from 0 to 5', examples: [3] })
    .describe('How many builds served before stay reachable for pages that are still open.')
    .default(3),
});

const alarm = map('A CloudWatch alarm, metric or composite.', {
  name: values.sentence(255, 'an alarm name', 'shop-prod-errors').describe('Name of the alarm.'),
  region: values.region
    .describe('Region of the alarm. Left out: the region of the app.')
    .optional(),
});

const guard = map('What rolls a release back.', {
  alarms: list(alarm, { max: 20, of: 'alarms' })
    .describe('One of these in ALARM during rollout or bake rolls back. None: nothing does.')
    .default([]),
  noData: choice(['hold', 'pass', 'rollback'])
    .describe(
      'What an alarm without data, missing or unreadable, means: wait, go on, or roll back.',
    )
    .default('hold'),
});

const lift = map('Lifts one quarantine.', {
  lift: values.build.describe('The quarantined build to allow again. Always in quotes.'),
  rollback: z
    .int()
    .min(1)
    .meta({ expects: 'the generation of a rollback, a whole number from 1', examples: [57] })
    .describe('Generation of the rollback that barred it, as `headgate status` prints it.'),
  reason: values
    .sentence(200, 'a reason', 'fixed at the API')
    .describe('Why it is safe now; goes into the history.'),
});

const environment = map('One environment of the app.', {
  // One KeyValueStore write takes 50 keys, and all hosts of an environment move in one.
  hosts: list(values.host, { min: 1, max: 20, of: 'hosts' }).describe(
    'Host names that serve this environment and no other.',
  ),
  edge: map('Where it is served.', {
    group: values.groupName.describe('An edge group of edge.yaml.'),
    distribution: values.distribution.describe(
      'CloudFront distribution that serves this environment and no other.',
    ),
  }),
  release,
  preview: map('Who may look at other builds.', {
    access: choice(['open', 'off'])
      .describe('open: anyone, with `?override_build_number=<build>`; off: nobody.')
      .default('open'),
  }).prefault({}),
  quarantine: list(lift, { max: 20, of: 'lifts' })
    .describe('Quarantines to lift. Each entry lifts one rollback.')
    .default([]),
  guard: guard.prefault({}),
});

/** Every other policy file: one app. */
export const appSchema = map('One app and its environments.', {
  apiVersion: values.apiVersion,
  app: values.appName.describe('Name of the app, as in `headgate publish --app`.'),
  bucket: values.bucket.describe('S3 bucket with the builds of this app.'),
  region: values.region.describe('Region of that bucket.'),
  spa: z
    .boolean()
    .meta({ expects: 'true or false', examples: [true] })
    .describe('Single-page app: navigations that name no file get /index.html.')
    .default(DEFAULT_SETTINGS.spa),
  pool: map('Files shared by all builds; at most 5 patterns together.', {
    include: list(values.pathPattern, { max: 5, of: 'path patterns' })
      .describe('Files with a content hash in their name: one copy serves every build.')
      .default([...DEFAULT_SETTINGS.pool.include]),
    exclude: list(values.pathPattern.meta({ examples: ['/assets/config.json'] }), {
      max: 5,
      of: 'path patterns',
    })
      .describe('Files among these without a hash in their name: each build has its own.')
      .default([...DEFAULT_SETTINGS.pool.exclude]),
  }).prefault({}),
  environments: z.record(values.environmentName, environment).meta({
    description: 'Environments by name.',
    expects: 'a map of environment names to environments',
  }),
}).meta({ title: 'Headgate app policy' });

export type WrittenEdge = z.output<typeof edgeSchema>;
export type WrittenApp = z.output<typeof appSchema>;
export type WrittenEnvironment = z.output<typeof environment>;

function map<T extends z.core.$ZodShape>(description: string, shape: T) {
  const expects = `a map of ${Object.keys(shape).join(', ')}`;
  return z.strictObject(shape).meta({ description, expects });
}

function list<T extends z.ZodType>(
  item: T,
  { min = 0, max, of }: { readonly min?: number; readonly max: number; readonly of: string },
) {
  const expects = `a list of ${min === 0 ? 'at most' : `${min} to`} ${max} ${of}`;
  return z.array(item).min(min).max(max).meta({ expects });
}

function choice<const T extends readonly [string, ...string[]]>(options: T) {
  const expects = options.length > 1 ? `one of ${options.join(', ')}` : options[0];
  return z.enum(options).meta({ expects, examples: [options[0]] });
}
