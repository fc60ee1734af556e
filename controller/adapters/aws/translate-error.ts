import {
  ConflictError,
  DeniedError,
  HeadgateError,
  UnansweredError,
  UsageError,
} from '../../core/errors.ts';
import { readField, readText } from './fields.ts';

/** What an adapter was doing when AWS refused. */
export interface Doing {
  /** The permission it needs, as IAM spells it: `s3:GetObject`. */
  readonly action: string;
  /** What it was done to, in words: `bucket acme-web-builds`, `parameter /headgate/shop/prod/route`. */
  readonly resource: string;
}

/** The parts of an SDK error that decide what it means, wherever the SDK put them. */
interface Failure {
  readonly name: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Node's code when the connection failed: `ECONNREFUSED`. */
  readonly code: string;
  readonly message: string;
  /** `host:port` that did not answer, where known. */
  readonly endpoint: string | undefined;
  /** The region that S3 says the bucket is in. */
  readonly region: string | undefined;
  readonly cause: unknown;
}

type Explain = (failure: Failure, doing: Doing) => HeadgateError;

const CREDENTIALS = named('CredentialsProviderError', 'TokenProviderError', 'ProviderError');
const EXPIRED = named(
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
);
const UNKNOWN_IDENTITY = named(
  'AuthFailure',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
);
const CLOCK = named('RequestTimeTooSkewed', 'RequestInTheFuture');
const DENIED = named('AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation');
const REGION = named(
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'PermanentRedirect',
);
const CONFLICT = named(
  'ConditionalRequestConflict',
  'ConflictException',
  'InvalidIfMatchVersion',
  'OperationAborted',
  'PreconditionFailed',
  'PreconditionFailedException',
  'ResourceConflictException',
);
const MISSING = named(
  'EntityNotFound',
  'NoSuchBucket',
  'NoSuchDistribution',
  'NoSuchFunctionExists',
  'NoSuchKey',
  'NotFound',
  'ParameterNotFound',
  'ResourceNotFound',
  'ResourceNotFoundException',
);
const LIMIT =
  /^(ServiceQuotaExceededException|TooMany(?!Requests|Updates)|.*LimitExceeded(Exception)?$)/;
const BUSY =
  /^(Throttl|TooManyRequests|TooManyUpdates|SlowDown|RequestLimitExceeded|RequestThrottl)/;
const CONNECTION =
  /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|EPIPE|EPROTO|ETIMEDOUT|CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/;

/** Nobody is there, whatever is asked: one message for all calls. */
const NOBODY = /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOST|ENET)/;

/** The first that matches explains the failure. Messages of AWS about signatures quote tokens, so they are never shown. */
const EXPLANATIONS: readonly (readonly [(failure: Failure) => boolean, Explain])[] = [
  [
    ({ name, message }) => CREDENTIALS.has(name) || message.startsWith('Credential is missing'),
    noCredentials,
  ],
  [({ name }) => EXPIRED.has(name), expired],
  [({ name }) => CLOCK.has(name), wrongClock],
  [({ name }) => UNKNOWN_IDENTITY.has(name), unknownIdentity],
  [({ message }) => message.startsWith('Region is missing'), noRegion],
  [({ code }) => code === 'ERR_INVALID_URL', invalidEndpoint],
  [({ name, code }) => name === 'TimeoutError' || CONNECTION.test(code), noAnswer],
  [({ message }) => message.includes('Deserialization error'), notAws],
  [({ name }) => BUSY.test(name), busy],
  [({ name }) => CONFLICT.has(name), conflict],
  [({ name }) => LIMIT.test(name), overLimit],
  [({ name, status }) => REGION.has(name) || status === 301, wrongRegion],
  [({ name }) => MISSING.has(name), missing],
  [({ name, status }) => DENIED.has(name) || status === 403, denied],
  [({ status }) => status === 412, conflict],
  [({ status }) => status === 429 || status >= 500, busy],
];

/**
 * What a failed AWS call means to the person at the terminal. Errors that are already explained, and
 * those nobody but us can fix, come back unchanged.
 */
export function translateError(error: unknown, doing: Doing): Error {
  if (error instanceof HeadgateError) return error;
  const failure = readFailure(error);
  const explain = EXPLANATIONS.find(([matches]) => matches(failure))?.[1];
  if (explain) return explain(failure, doing);
  return error instanceof Error ? error : new Error(String(error));
}

function readFailure(error: unknown): Failure {
  const host = readText(error, 'hostname') ?? readText(error, 'address');
  const port = readField(error, 'port');
  return {
    name: readText(error, 'name') ?? '',
    status: Number(readField(error, '$metadata', 'httpStatusCode') ?? 0),
    code: readText(error, 'code') ?? '',
    message: readText(error, 'message') ?? '',
    endpoint: host && typeof port === 'number' ? `${host}:${port}` : host,
    region:
      readText(error, '$response', 'headers', 'x-amz-bucket-region') ?? readText(error, 'Region'),
    cause: error,
  };
}

function noCredentials(): HeadgateError {
  return new UsageError(
    'There are no AWS credentials.',
    'Sign in (`aws sso login`), set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or let the workflow assume a role; `aws sts get-caller-identity` shows whether it worked.',
  );
}

function expired(): HeadgateError {
  return new UsageError('The AWS credentials have expired.', 'Get new ones and run it again.');
}

function wrongClock(): HeadgateError {
  return new UsageError(
    "AWS refused the request because this machine's clock is wrong.",
    'Set the clock (AWS allows 5 minutes) and run it again.',
  );
}

function unknownIdentity({ name }: Failure, { action, resource }: Doing): HeadgateError {
  return new UsageError(
    `AWS does not accept the credentials in use: ${name} at ${action} on ${resource}.`,
    'Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile: they must belong together and to this account; `aws sts get-caller-identity` shows whether they work.',
  );
}

function denied({ cause }: Failure, { action, resource }: Doing): HeadgateError {
  return new DeniedError(
    `The credentials in use may not do ${action} on ${resource}.`,
    `Give that role or user the permission ${action}, or use other credentials; \`aws sts get-caller-identity\` shows which are in use.`,
    { cause },
  );
}

function missing({ cause }: Failure, { resource }: Doing): HeadgateError {
  return new UsageError(
    `There is no ${resource} in this account and region.`,
    'Check the name in the policy or the arguments, and that the credentials belong to the right account; or create it first.',
    { cause },
  );
}

function wrongRegion({ region, cause }: Failure, { action, resource }: Doing): HeadgateError {
  return new UsageError(
    `${action} on ${resource} was sent to the wrong region.`,
    region
      ? `It is in ${region}: put \`region: ${region}\` beside its name.`
      : 'Put the region it is in beside its name.',
    { cause },
  );
}

function noRegion(): HeadgateError {
  return new UsageError(
    'No AWS region is set.',
    'Set AWS_REGION, pass --region, or name the region in the policy.',
  );
}

function invalidEndpoint({ cause }: Failure): HeadgateError {
  return new UsageError(
    'The AWS endpoint is not a URL.',
    'Set AWS_ENDPOINT_URL to something like http://localhost:4566, or unset it to use AWS.',
    { cause },
  );
}

function noAnswer({ endpoint, code, name, cause }: Failure, doing: Doing): HeadgateError {
  const call = NOBODY.test(code) ? '' : ` at ${doing.action} on ${doing.resource}`;
  return new UnansweredError(
    `${endpoint ?? 'AWS'} does not answer (${code || name})${call}.`,
    'Check the network and, where AWS_ENDPOINT_URL is set, that it is right and something listens there.',
    { cause },
  );
}

function notAws({ status, cause }: Failure, { action, resource }: Doing): HeadgateError {
  return new UsageError(
    `The answer (HTTP ${status}) to ${action} on ${resource} is not one of AWS.`,
    'Where AWS_ENDPOINT_URL is set, check that it names an AWS-compatible endpoint; else look for a proxy in between.',
    { cause },
  );
}

function busy({ name, status, cause }: Failure, { action, resource }: Doing): HeadgateError {
  return new UnansweredError(
    `AWS could not do ${action} on ${resource}, also after several tries: ${name || `HTTP ${status}`}.`,
    'Wait a little and run it again: what is done already stays done.',
    { cause },
  );
}

function conflict(_: Failure, { action, resource }: Doing): HeadgateError {
  return new ConflictError(`Someone else changed ${resource} at the same moment (${action}).`);
}

function overLimit({ name, message, cause }: Failure, { action, resource }: Doing): HeadgateError {
  return new UsageError(
    `${action} on ${resource} is over a limit of AWS: ${message || name}`,
    'Make it smaller, remove what is no longer needed, or ask AWS for a higher quota.',
    { cause },
  );
}

function named(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names);
}
