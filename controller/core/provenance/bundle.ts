/** Attestations as they are stored beside a build: Sigstore bundles, one of them as JSON or several as JSON lines. */
import * as z from 'zod';

/** One bundle takes about 10 KB. */
export const BUNDLES_BYTES_LIMIT = 2 ** 20;

/** Each costs a verification. */
const BUNDLES_LIMIT = 10;

export type BundlesRead =
  | { readonly kind: 'bundles'; readonly bundles: readonly unknown[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** `actions/attest` writes a line for each attestation, other tools one object over many lines. */
export function readBundles(bytes: Uint8Array): BundlesRead {
  if (bytes.byteLength > BUNDLES_BYTES_LIMIT) return unreadable(explainSize(bytes.byteLength));
  const text = Buffer.from(bytes).toString();
  const whole = parse(text);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const bundles = whole === undefined ? lines.map(parse) : [whole];
  if (bundles.length === 0) return unreadable('it is empty');
  if (bundles.length > BUNDLES_LIMIT) {
    return unreadable(`it has ${bundles.length} attestations, and ${BUNDLES_LIMIT} are the most`);
  }
  const wrong = bundles.findIndex((bundle) => typeof bundle !== 'object' || bundle === null);
  if (wrong >= 0) return unreadable(`line ${wrong + 1} is no JSON of a Sigstore bundle`);
  return { kind: 'bundles', bundles };
}

export function explainSize(bytes: number): string {
  return `it has ${bytes} bytes, and ${BUNDLES_BYTES_LIMIT} are the most`;
}

function unreadable(why: string): BundlesRead {
  return { kind: 'unreadable', why };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON: the caller says so, or reads it line by line.
    return undefined;
  }
}

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT = 'https://in-toto.io/Statement/v1';

/** What an attestation says about what. */
export interface Statement {
  readonly predicateType: string;
  /** Hex SHA-256 of what it is about. */
  readonly subjects: readonly string[];
}

const statementSchema = z.object({
  _type: z.literal(STATEMENT),
  predicateType: z.string(),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })),
});

const bundleSchema = z.object({
  dsseEnvelope: z.object({ payloadType: z.string(), payload: z.base64() }),
});

/** undefined: it is no in-toto statement (of version 1). */
export function readStatement(payloadType: string, payload: string): Statement | undefined {
  if (payloadType !== PAYLOAD_TYPE) return undefined;
  const read = statementSchema.safeParse(parse(payload));
  if (!read.success) return undefined;
  const { predicateType, subject } = read.data;
  return { predicateType, subjects: subject.flatMap(({ digest }) => digest['sha256'] ?? []) };
}

/** What a bundle claims; nobody has looked at its signature. undefined: it holds no statement. */
export function readClaim(bundle: unknown): Statement | undefined {
  const read = bundleSchema.safeParse(bundle);
  if (!read.success) return undefined;
  const { payloadType, payload } = read.data.dsseEnvelope;
  return readStatement(payloadType, Buffer.from(payload, 'base64').toString());
}
