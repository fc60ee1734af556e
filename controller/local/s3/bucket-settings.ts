import { XMLParser } from 'fast-xml-parser';
import * as z from 'zod';
import type { XmlValue } from '../http/xml.ts';
import { ServiceError, type ServiceRequest, type ServiceResponse } from '../service.ts';
import type { Bucket } from './bucket-store.ts';
import { verifyChecksums } from './checksums.ts';
import { errors } from './errors.ts';
import type { Surroundings } from './objects.ts';
import { renderS3Xml } from './render.ts';

/** As it was sent: texts, lists where the shape has them. */
export type SettingValue = { readonly [name: string]: XmlValue };

interface Setting {
  /** Of the document. */
  readonly root: string;
  readonly shape: z.ZodType<SettingValue>;
  /** What a bucket has that was never told otherwise; undefined: nothing. */
  readonly preset?: SettingValue;
  /** Why there is nothing to show. */
  readonly missing?: readonly [code: string, message: string];
}

const Flag = z.enum(['true', 'false']);
/** An element without content is parsed as an empty text. */
const Empty = z.unknown().transform((value) => (value === '' ? {} : value));
const Days = z.string().regex(/^[1-9]\d*$/);

const PUBLIC_ACCESS_BLOCK: Setting = {
  root: 'PublicAccessBlockConfiguration',
  shape: z.strictObject({
    BlockPublicAcls: Flag.default('false'),
    IgnorePublicAcls: Flag.default('false'),
    BlockPublicPolicy: Flag.default('false'),
    RestrictPublicBuckets: Flag.default('false'),
  }),
  missing: [
    'NoSuchPublicAccessBlockConfiguration',
    'The public access block configuration was not found',
  ],
};

const OWNERSHIP: Setting = {
  root: 'OwnershipControls',
  shape: z.strictObject({
    Rule: z.strictObject({
      ObjectOwnership: z.enum(['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter']),
    }),
  }),
  missing: ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'],
};

const ENCRYPTION: Setting = {
  root: 'ServerSideEncryptionConfiguration',
  shape: z.strictObject({
    Rule: z.strictObject({
      ApplyServerSideEncryptionByDefault: z.strictObject({ SSEAlgorithm: z.literal('AES256') }),
      BucketKeyEnabled: Flag.optional(),
    }),
  }),
  preset: { Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } } },
};

const VERSIONING: Setting = {
  root: 'VersioningConfiguration',
  shape: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }),
  preset: {},
};

const LIFECYCLE: Setting = {
  root: 'LifecycleConfiguration',
  shape: z.strictObject({
    Rule: z
      .array(
        z.strictObject({
          ID: z.string().max(255).optional(),
          Status: z.enum(['Enabled', 'Disabled']),
          Prefix: z.string().optional(),
          Filter: Empty.pipe(z.strictObject({ Prefix: z.string().default('') })).optional(),
          Expiration: z.strictObject({ Days }).optional(),
          NoncurrentVersionExpiration: z.strictObject({ NoncurrentDays: Days }).optional(),
          AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: Days }).optional(),
        }),
      )
      .min(1)
      .max(1000),
  }),
  missing: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
};

const SETTINGS: Readonly<Record<string, Setting>> = {
  publicAccessBlock: PUBLIC_ACCESS_BLOCK,
  ownershipControls: OWNERSHIP,
  encryption: ENCRYPTION,
  versioning: VERSIONING,
  lifecycle: LIFECYCLE,
};

const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  isArray: (_, path) => path === 'LifecycleConfiguration.Rule',
});

/** `GET bucket?lifecycle` and its like; undefined: it is another operation. */
export function handleSetting(
  { store }: Surroundings,
  { operation, bucket, request }: { operation: string; bucket: Bucket; request: ServiceRequest },
): ServiceResponse | undefined {
  const [, verb, name = ''] = /^(GET|PUT|DELETE) bucket\?(\w+)$/.exec(operation) ?? [];
  const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (setting === undefined) return undefined;
  const { [name]: present = setting.preset, ...others } = bucket.settings ?? {};
  if (verb === 'PUT') {
    const settings = { ...others, [name]: readSetting(setting, request) };
    store.saveBucket({ ...bucket, settings });
    return { status: 200 };
  }
  if (verb === 'GET') {
    if (present !== undefined) return renderS3Xml(setting.root, present);
    throw missing(setting, bucket);
  }
  // Versioning can be suspended, but never taken back.
  if (setting === VERSIONING) return undefined;
  store.saveBucket({ ...bucket, settings: others });
  return { status: 204 };
}

function readSetting({ root, shape }: Setting, { headers, body }: ServiceRequest): SettingValue {
  verifyChecksums(headers, body);
  const written = parseXml(body)[root];
  const parsed = shape.safeParse(written === '' ? {} : written);
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [],
  );
  if (unknown.length === 0) throw errors.malformedXml();
  throw errors.notImplemented(`${unknown.join(', ')} in ${root}`);
}

function parseXml(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return parser.parse(body, true) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Error) throw errors.malformedXml();
    throw error;
  }
}

function missing(
  { missing: [code, message] = ['NoSuchConfiguration', ''] }: Setting,
  bucket: Bucket,
) {
  return new ServiceError(404, code, message, { BucketName: bucket.name });
}

/** Whether one of the four switches of the public access block is on. */
export function blocksPublic(
  { settings }: Bucket,
  name: 'BlockPublicPolicy' | 'RestrictPublicBuckets',
): boolean {
  return settings?.['publicAccessBlock']?.[name] === 'true';
}
