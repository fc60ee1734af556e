import { ServiceError, type Protocol } from '../service.ts';

/** The administrator's credential. Not a secret: it opens nothing outside this process. */
export const LOCAL_KEY = 'local';

/** A key that requests are signed with. */
export interface Credential {
  readonly accessKey: string;
  readonly secret: string;
  /** Of a session: it has to come along. The administrator's has none, and one that comes is passed over. */
  readonly token?: string;
  /** Milliseconds since the epoch; absent: never. */
  readonly expires?: number;
}

export const LOCAL_CREDENTIAL: Credential = { accessKey: LOCAL_KEY, secret: LOCAL_KEY };

export type Algorithm = 'AWS4-HMAC-SHA256' | 'AWS4-ECDSA-P256-SHA256';

/** A parsed Authorization header. */
export interface Authorization {
  readonly algorithm: Algorithm;
  readonly accessKey: string;
  /** `YYYYMMDD/region/service/aws4_request`; SigV4A has no region in it. */
  readonly scope: string;
  readonly date: string;
  /** SigV4A: what the region-set header says. */
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const HEADER = new RegExp(
  [
    /^(?<algorithm>AWS4-HMAC-SHA256|AWS4-ECDSA-P256-SHA256) +/,
    /Credential=(?<accessKey>[^/,]+)\/(?<scope>(?<date>\d{8})\/((?<region>[\w-]+)\/)?(?<service>[\w-]+)\/aws4_request), */,
    /SignedHeaders=(?<signedHeaders>[^,]+), *Signature=(?<signature>[0-9a-f]+)$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/** Reads the header form of SigV4 and SigV4A; undefined when it isn't one of them. */
export function parseAuthorization(
  headers: Readonly<Record<string, string>>,
): Authorization | undefined {
  const fields = HEADER.exec(headers['authorization'] ?? '')?.groups;
  if (fields === undefined) return undefined;
  const field = (name: string) => fields[name] ?? '';
  const algorithm = field('algorithm') as Algorithm;
  const regional = algorithm === 'AWS4-HMAC-SHA256';
  if (regional !== (fields['region'] !== undefined)) return undefined;
  return {
    algorithm,
    accessKey: field('accessKey'),
    scope: field('scope'),
    date: field('date'),
    region: regional ? field('region') : (headers['x-amz-region-set'] ?? ''),
    service: field('service'),
    signedHeaders: field('signedHeaders').split(';'),
    signature: field('signature'),
  };
}

export type Refusal =
  | 'missing'
  | 'malformed'
  | 'unknown-key'
  | 'wrong-signature'
  | 'clock-skew'
  | 'wrong-token'
  | 'expired';

const MESSAGES: Readonly<Record<Refusal, string>> = {
  missing: 'The request carries no AWS signature.',
  malformed: 'The Authorization header is not a complete AWS Signature Version 4 header.',
  'unknown-key': `The access key is not known here; the local cloud knows "${LOCAL_KEY}" and what its STS gives.`,
  'wrong-signature':
    'The request signature we calculated does not match the signature you provided.',
  'clock-skew': 'The request time differs from the current time by more than 15 minutes.',
  'wrong-token': 'The security token included in the request is invalid.',
  expired: 'The security token included in the request is expired.',
};

type Codes = Readonly<Record<Refusal, string>>;

const JSON_CODES: Codes = {
  missing: 'MissingAuthenticationTokenException',
  malformed: 'IncompleteSignatureException',
  'unknown-key': 'UnrecognizedClientException',
  'wrong-signature': 'InvalidSignatureException',
  'clock-skew': 'InvalidSignatureException',
  'wrong-token': 'UnrecognizedClientException',
  expired: 'ExpiredTokenException',
};

const XML_CODES: Codes = {
  missing: 'MissingAuthenticationToken',
  malformed: 'IncompleteSignature',
  'unknown-key': 'InvalidClientTokenId',
  'wrong-signature': 'SignatureDoesNotMatch',
  'clock-skew': 'SignatureDoesNotMatch',
  'wrong-token': 'InvalidClientTokenId',
  expired: 'ExpiredToken',
};

const CODES: Readonly<Record<Protocol, Codes>> = {
  'aws-json': JSON_CODES,
  'rest-json': JSON_CODES,
  query: XML_CODES,
  'rest-xml': XML_CODES,
  s3: {
    missing: 'AccessDenied',
    malformed: 'AuthorizationHeaderMalformed',
    'unknown-key': 'InvalidAccessKeyId',
    'wrong-signature': 'SignatureDoesNotMatch',
    'clock-skew': 'RequestTimeTooSkewed',
    'wrong-token': 'InvalidToken',
    expired: 'ExpiredToken',
  },
};

/** The error a service of this protocol answers to a request it can't authenticate. */
export function refuse(refusal: Refusal, protocol: Protocol): ServiceError {
  const aboutToken = refusal === 'wrong-token' || refusal === 'expired';
  const plain =
    protocol === 'aws-json' || refusal === 'malformed' || (protocol === 's3' && aboutToken);
  return new ServiceError(plain ? 400 : 403, CODES[protocol][refusal], MESSAGES[refusal]);
}
