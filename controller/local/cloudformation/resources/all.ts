import { CLOUDFRONT_TYPES } from './cloudfront.ts';
import { CLOUDWATCH_TYPES } from './cloudwatch.ts';
import { DYNAMODB_TYPES } from './dynamodb.ts';
import { EVENTS_TYPES } from './events.ts';
import { IAM_TYPES } from './iam.ts';
import { LAMBDA_TYPES } from './lambda.ts';
import { LOGS_TYPES } from './logs.ts';
import type { ResourceType } from './resource-type.ts';
import { S3_TYPES } from './s3.ts';

export { createClients } from './clients.ts';

const ALL = [
  ...S3_TYPES,
  ...CLOUDFRONT_TYPES,
  ...LOGS_TYPES,
  ...CLOUDWATCH_TYPES,
  ...EVENTS_TYPES,
  ...LAMBDA_TYPES,
  ...IAM_TYPES,
  ...DYNAMODB_TYPES,
];

/** Every type of resource that a template may have, by its name. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  ALL.map((one) => [one.type, one]),
);
