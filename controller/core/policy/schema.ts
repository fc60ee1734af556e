/**
 * What a policy file may say: the one source of types, checks, messages, JSON Schemas and the tables
 * in policies/README.md. A field is here when its behaviour is built; any other is refused as unknown.
 */
import * as z from 'zod';
import { DEFAULT_SETTINGS } from '../state/manifest.ts';
import { adopted } from './adopted-schema.ts';
import { root } from './adopted-values.ts';
import { choice, flag, list, map } from './fields.ts';
import { freeze } from './freeze-schema.ts';
import { gate } from './gate-schema.ts';
import { group } from './group-schema.ts';
import { guard } from './guard-schema.ts';
import { notify } from './notify-schema.ts';
import { origins } from './origin-schema.ts';
import { provenance } from './provenance-schema.ts';
import { headers, layout, sourceMaps } from './publish-schema.ts';
import { release } from './release-schema.ts';
import { setupSchema } from './setup-schema.ts';
import * as values from './values.ts';

/** `edge.yaml`. */
export const edgeSchema = map('Edge groups shared by all apps.', {
  apiVersion: values.apiVersion,
  groups: z.record(values.groupName, group).meta({
    description: 'Edge groups by name. New edge code goes out in the order of this file.',
    expects: 'a map of group names to groups',
  }),
  together: list(list(values.memberName, { min: 2, max: 10, of: 'environments' }), {
    max: 100,
    of: 'lists',
  })
    .meta({ examples: [[['shop/prod', 'checkout/prod']]] })
    .describe(
      'Environments of one edge group whose builds fit each other: each list moves in one write, and rolls back in one.',
    )
    .default([]),
  setup: setupSchema.optional(),
}).meta({ title: 'Headgate edge groups' });

const cohort = map(
  'Visitors that get a build before any share is drawn; all conditions must hold.',
  {
    name: values.cohortName.describe('For people.'),
    build: values.build.describe('The build they get. Always in quotes.'),
    cookie: z
      .union([
        values.cookieName,
        map('A cookie with this value.', {
          name: values.cookieName.describe('Name of the cookie.'),
          value: values.cookieValue.describe('The value it must have.').optional(),
        }),
      ])
      .meta({ expects: 'a cookie name, or a map of name, value', examples: ['staff'] })
      .describe('A cookie they have. Not a secret: anyone can set one.')
      .optional(),
    header: map('A header with this value.', {
      name: values.headerName.meta({ examples: ['x-team'] }).describe('Name of the header.'),
      value: values.headerValue.meta({ examples: ['web'] }).describe('The value it must have.'),
    }).optional(),
    country: list(values.country, { min: 1, max: 20, of: 'countries' })
      .describe(
        'Where they are. Needs CloudFront-Viewer-Country in an origin request policy of the behaviours.',
      )
      .optional(),
    ip: list(values.address, { min: 1, max: 20, of: 'addresses' })
      .describe('Addresses, or how they start, as CloudFront writes them.')
      .optional(),
  },
);

const arm = map('One arm of a fixed test.', {
  build: values.build
    .meta({ examples: ['1044-redesign'] })
    .describe('The build of this arm. Always in quotes.'),
  weight: values.weight
    .meta({ examples: ['10%'] })
    .describe('Share of visitors. A rollout shares out those that are left.'),
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
    distribution: values.distribution
      .describe(
        'CloudFront distribution that serves this environment and no other. Left out until `headgate bootstrap --deploy` has made it.',
      )
      .optional(),
  }).meta({ examples: [{ group: 'prod', distribution: 'E2QWRUHAPOMQZL' }] }),
  release,
  require: choice(['provenance'])
    .describe(
      'provenance: a build enters only with an attestation as `provenance` of the app says. A rollback is never asked for one.',
    )
    .optional(),
  cohorts: list(cohort, { max: 10, of: 'cohorts' })
    .meta({ examples: [[{ name: 'staff', build: '1043', cookie: 'staff' }]] })
    .describe('The first that matches decides, before split and steps.')
    .default([]),
  split: list(arm, { max: 5, of: 'arms' })
    .describe('A fixed test beside the rollout. Visitors stay in their arm over releases.')
    .default([]),
  pinnedUrls: flag(true)
    .describe(
      "Also serve a build's files below `/_headgate/b/<build>/`, for bundlers that can use it.",
    )
    .default(false),
  preview: map('Who may look at other builds.', {
    access: choice(['open', 'signed', 'off'])
      .describe(
        'With `?override_build_number=`: open: anyone, a build number; signed: whoever has a link ' +
          'of `headgate preview`; off: nobody.',
      )
      .default('open'),
    ttl: values.positiveDuration
      .meta({ examples: ['7d'] })
      .describe('How long a signed link lives.')
      .default('7d'),
    builds: choice(['protected', 'all'])
      .describe('all: also builds of pull requests (pr-...). Never where customers are.')
      .default('protected'),
  }).prefault({}),
  quarantine: list(lift, { max: 20, of: 'lifts' })
    .describe('Quarantines to lift. Each entry lifts one rollback.')
    .default([]),
  guard: guard.prefault({}),
  freeze: list(freeze, { max: 20, of: 'windows' })
    .meta({
      examples: [[{ weekly: 'Fri 16:00 - Mon 08:00', zone: 'Europe/Berlin', reason: 'weekend' }]],
    })
    .describe('While one of these is open no build goes further; rollbacks and repairs do.')
    .default([]),
  notify: notify.optional(),
  gate: gate.optional(),
  adopted: adopted.optional(),
});

/** Every other policy file: one app. */
export const appSchema = map('One app and its environments.', {
  apiVersion: values.apiVersion,
  app: values.appName.describe('Name of the app, as in `headgate publish --app`.'),
  bucket: values.bucket.describe('S3 bucket with the builds of this app.'),
  region: values.region.describe('Region of that bucket.'),
  spa: flag(true)
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
  layout: layout
    .describe(
      'pool: a pooled file is stored once, for all builds; tree: below the prefix of each build, too, so that it has all of its files.',
    )
    .default('pool'),
  headers: headers
    .describe(
      'Files whose names alone say the wrong thing. Of cache and type each, the first entry that matches and says it counts.',
    )
    .default([]),
  sourceMaps: sourceMaps
    .describe(
      'private: `*.map` is stored with the build, where no visitor gets it; public: like any other file.',
    )
    .default('private'),
  provenance: provenance.optional(),
  origins: origins
    .describe('Whole origins, by the name that stands in the place of a build number.')
    .optional(),
  root: root
    .describe('Where builds lie in the bucket: `<root><build>/`. Left out: below `<app>/builds/`.')
    .optional(),
  environments: z.record(values.environmentName, environment).meta({
    description: 'Environments by name.',
    expects: 'a map of environment names to environments',
  }),
}).meta({ title: 'Headgate app policy' });

export type WrittenEdge = z.output<typeof edgeSchema>;
export type WrittenApp = z.output<typeof appSchema>;
export type WrittenEnvironment = z.output<typeof environment>;
