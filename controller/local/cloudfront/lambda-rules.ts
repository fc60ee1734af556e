import type { FunctionVersion } from '../lambda/function.ts';
import type { LambdaFunctions } from '../lambda/function-store.ts';
import { ServiceError } from '../service.ts';
import { childOf, itemsOf, textOf, type XmlElement } from './xml.ts';

const LAMBDA_EVENTS = [
  'viewer-request',
  'origin-request',
  'origin-response',
  'viewer-response',
] as const;

export type LambdaEventType = (typeof LAMBDA_EVENTS)[number];

export interface LambdaAssociation {
  readonly event: LambdaEventType;
  readonly arn: string;
  readonly includesBody: boolean;
}

/** The Lambda@Edge functions of a behaviour; what checkLambdas accepted has no other event types. */
export function lambdaAssociationsOf(behaviour: XmlElement): readonly LambdaAssociation[] {
  const list = childOf(behaviour, 'LambdaFunctionAssociations');
  return itemsOf(list, 'LambdaFunctionAssociation').map((item) => ({
    event: textOf(item, 'EventType') as LambdaEventType,
    arn: textOf(item, 'LambdaFunctionARN') ?? '',
    includesBody: textOf(item, 'IncludeBody') === 'true',
  }));
}

/** Refuses what CloudFront refuses to copy to the edge. */
export function checkLambdas(behaviour: XmlElement, functions: LambdaFunctions): void {
  const associations = lambdaAssociationsOf(behaviour);
  for (const association of associations) checkAssociation(association, functions);
  if (new Set(associations.map(({ event }) => event)).size < associations.length) {
    throw invalidAssociation('One event type has two functions.');
  }
}

const KILOBYTE = 1024;
/** The stricter of the two sets of limits that AWS's pages have. */
const LIMITS = {
  viewer: { seconds: 5, megabytes: 128, codeBytes: KILOBYTE ** 2 },
  origin: { seconds: 30, megabytes: 10_240, codeBytes: 50 * KILOBYTE ** 2 },
};

function checkAssociation(
  { event, arn, includesBody }: LambdaAssociation,
  functions: LambdaFunctions,
): void {
  if (!LAMBDA_EVENTS.includes(event)) {
    throw invalidAssociation(`There is no event type ${event}.`);
  }
  const [, , , region, , , , version = ''] = arn.split(':');
  if (region !== 'us-east-1') {
    throw invalidAssociation(`The function must be in the Region us-east-1. ARN: ${arn}`);
  }
  if (!/^\d+$/.test(version)) {
    throw invalidAssociation(
      `The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN: ${arn}`,
    );
  }
  const found = functions.findVersion(arn);
  if (found === undefined) throw invalidAssociation(`The function doesn't exist. ARN: ${arn}`);
  if (!functions.isSettled(found.modified)) {
    throw invalidAssociation(`The function must be in an Active state. It is Pending. ARN: ${arn}`);
  }
  if (includesBody && event.endsWith('-response')) {
    throw invalidAssociation('IncludeBody is for viewer-request and origin-request only.');
  }
  const services = ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'];
  if (!services.every((service) => functions.isTrusting(found.role, service))) {
    throw invalidAssociation(
      `The function execution role must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals. Update the IAM role and try again. Role: ${found.role}`,
    );
  }
  checkVersion(found, { arn, limits: event.startsWith('viewer-') ? LIMITS.viewer : LIMITS.origin });
}

function checkVersion(
  version: FunctionVersion,
  { arn, limits }: { readonly arn: string; readonly limits: (typeof LIMITS)['viewer'] },
): void {
  if (Object.keys(version.environment).length > 0) {
    throw invalidAssociation(`The function cannot have environment variables. Function: ${arn}`);
  }
  const tooLarge = [
    ['a timeout', version.timeoutSeconds, limits.seconds, 'seconds'],
    ['a memory size', version.memoryMegabytes, limits.megabytes, 'MB'],
    ['code', version.codeBytes, limits.codeBytes, 'bytes'],
  ] as const;
  for (const [what, actual, limit, unit] of tooLarge) {
    if (actual <= limit) continue;
    throw invalidAssociation(
      `The function has ${what} of ${actual} ${unit}, more than the ${limit} of this event type. Function: ${arn}`,
    );
  }
  if (version.architecture !== 'x86_64') {
    throw invalidAssociation(`The function must run on x86_64. Function: ${arn}`);
  }
}

function invalidAssociation(message: string): ServiceError {
  return new ServiceError(400, 'InvalidLambdaFunctionAssociation', message);
}
