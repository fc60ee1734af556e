import { ServiceError, type Protocol } from '../service.ts';

/** The one credential of the local cloud. Not a secret: it opens nothing outside this process. */
export const LOCAL_KEY = 'local';

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

const HEADER = /^(AWS4-HMAC-SHA256|AWS4-ECDSA-P256-SHA256) +(.+)$/;

/** Reads the header form of SigV4 and SigV4A; undefined when it isn't one of them. */
export function parseAuthorization(
  headers: Readonly<Record<string, string>>,
): Authorization | undefined {
  const match = HEADER.exec(headers['authorization'] ?? '');
  if (match === null) return undefined;
  const fields = new Map<string, string>();
  for (const part of (match[2] ?? '').split(',')) {
    const equals = part.indexOf('=');
    fields.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const [accessKey, ...scope] = (fields.get('Credential') ?? '').split('/');
  const signature = fields.get('Signature');
  const signedHeaders = fields.get('SignedHeaders');
  const regional = match[1] === 'AWS4-HMAC-SHA256';
  if (!accessKey || !signature || !signedHeaders || scope.length !== (regional ? 4 : 3)) {
    return undefined;
  }
  return {
    algorithm: regional ? 'AWS4-HMAC-SHA256' : 'AWS4-ECDSA-P256-SHA256',
    accessKey,
    scope: scope.join('/'),
    date: scope[0] ?? '',
    region: (regional ? scope[1] : headers['x-amz-region-set']) ?? '',
    service: scope[regional ? 2 : 1] ?? '',
    signedHeaders: signedHeaders.split(';'),
    signature,
  };
}

export type Refusal = 'missing' | 'malformed' | 'unknown-key' | 'wrong-signature' | 'clock-skew';

const MESSAGES: Readonly<Record<Refusal, string>> = {
  missing: 'The request carries no AWS signature.',
  malformed: 'The Authorization header is not a complete AWS Signature Version 4 header.',
  'unknown-key': `The access key is not known here; the local cloud knows only "${LOCAL_KEY}".`,
  'wrong-signature':
    'The request signature we calculated does not match the signature you provided.',
  'clock-skew': 'The request time differs from the current time by more than 15 minutes.',
};

type Codes = Readonly<Record<Refusal, string>>;

const JSON_CODES: Codes = {
  missing: 'MissingAuthenticationTokenException',
  malformed: 'IncompleteSignatureException',
  'unknown-key': 'UnrecognizedClientException',
  'wrong-signature': 'InvalidSignatureException',
  'clock-skew': 'InvalidSignatureException',
};

const XML_CODES: Codes = {
  missing: 'MissingAuthenticationToken',
  malformed: 'IncompleteSignature',
  'unknown-key': 'InvalidClientTokenId',
  'wrong-signature': 'SignatureDoesNotMatch',
  'clock-skew': 'SignatureDoesNotMatch',
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
  },
};

/** The error a service of this protocol answers to a request it can't authenticate. */
export function refuse(refusal: Refusal, protocol: Protocol): ServiceError {
  const plain = protocol === 'aws-json' || refusal === 'malformed';
  return new ServiceError(plain ? 400 : 403, CODES[protocol][refusal], MESSAGES[refusal]);
}
