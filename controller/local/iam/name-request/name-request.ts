import type { ServiceRequest } from '../../service.ts';
import { nameCloudFormation } from './cloudformation.ts';
import { nameCloudFront } from './cloudfront.ts';
import { nameCloudWatch } from './cloudwatch.ts';
import { nameDynamoDb } from './dynamodb.ts';
import { nameEvents } from './events.ts';
import { nameIam } from './iam.ts';
import { nameKeyValueStore } from './keyvaluestore.ts';
import { nameLambda } from './lambda.ts';
import { nameLogs } from './logs.ts';
import type { Lookup, NamedRequest, NameRequest } from './permission.ts';
import { nameS3 } from './s3.ts';
import { nameServiceQuotas } from './service-quotas.ts';
import { nameSsm } from './ssm.ts';
import { nameSts } from './sts.ts';

const BY_SIGNING_NAME: Readonly<Record<string, NameRequest>> = {
  cloudformation: nameCloudFormation,
  cloudfront: nameCloudFront,
  'cloudfront-keyvaluestore': nameKeyValueStore,
  dynamodb: nameDynamoDb,
  events: nameEvents,
  iam: nameIam,
  lambda: nameLambda,
  logs: nameLogs,
  monitoring: nameCloudWatch,
  s3: nameS3,
  servicequotas: nameServiceQuotas,
  ssm: nameSsm,
  sts: nameSts,
};

/**
 * The operation that a request is, and what IAM wants to see allowed for it, as the Service
 * Authorization Reference has it. Undefined: it isn't written down here yet.
 */
export function nameRequest(
  signingName: string,
  request: ServiceRequest,
  lookup: Lookup,
): NamedRequest | undefined {
  const name = Object.hasOwn(BY_SIGNING_NAME, signingName)
    ? BY_SIGNING_NAME[signingName]
    : undefined;
  return name?.(request, lookup);
}
