import * as z from 'zod';
import { choice, list, map } from './fields.ts';
import * as values from './values.ts';

const attribute = (name: string, describes: string) =>
  values.attributeName
    .meta({ examples: [name] })
    .describe(describes)
    .default(name);

const sessions = map('lambda-edge: a DynamoDB global table that says which build a session has.', {
  table: values.tableName.describe('Its name, the same in every region.'),
  regions: list(values.region, { min: 1, max: 20, of: 'regions' })
    .meta({ examples: [['us-east-1', 'eu-west-1']] })
    .describe('Regions with a replica. The edge asks the nearest one.'),
  cookie: values.cookieName
    .meta({ examples: ['session'] })
    .describe('The cookie whose value is the token of the session.'),
  attributes: map('Names of the attributes of a row.', {
    token: attribute('token', 'The partition key.'),
    version: attribute('version', 'The build of the session.'),
    expiration: attribute('expiration', 'When the row ends, in seconds since 1970.'),
  }).prefault({}),
  timeout: values.timeout
    .meta({ examples: ['100ms'] })
    .describe('How long a request waits for the table before it goes on without.')
    .default('100ms'),
});

/** Which fields go with which runtime is a rule (`group-rules.ts`): one map gives better messages than two. */
export const group = map('An edge group: the edge code that several environments share.', {
  runtime: choice(['cloudfront-functions', 'lambda-edge']).describe('What runs the edge code.'),
  keyValueStore: values.storeName
    .describe(
      'cloudfront-functions: the CloudFront KeyValueStore the edge reads routes from. It belongs to this group only; `headgate bootstrap` makes it.',
    )
    .optional(),
  role: values.roleArn
    .describe('lambda-edge: the IAM role that the function runs as. `headgate bootstrap` makes it.')
    .optional(),
  bucket: values.bucket.describe('S3 bucket where every published edge code is archived.'),
  region: values.region.describe('Region of that bucket.'),
  code: values.code
    .describe('auto: the newest edge code; a hash: that earlier one stays. Always in quotes.')
    .default('auto'),
  before: values.viewerFile
    .describe(
      'Your own viewer-request code: its `function before(event)` runs first and returns the request or a response.',
    )
    .optional(),
  watch: values.duration
    .describe('How long new edge code is watched for errors before the next group gets it.')
    .default('10m'),
  routeMaxAge: values.positiveDuration
    .meta({ examples: ['10s'] })
    .describe(
      'lambda-edge: how long an instance serves a route before it reads it again. Left out: 10s.',
    )
    .optional(),
  sessions: sessions.optional(),
}).meta({
  examples: [
    {
      runtime: 'cloudfront-functions',
      keyValueStore: 'headgate-prod',
      bucket: 'acme-web-builds',
      region: 'us-east-1',
    },
  ],
});

export type WrittenGroup = z.output<typeof group>;
