/**
 * An instance of Sigstore of one's own: certificate authority, its log, the log of signatures, a timestamp
 * authority, with keys made here. It signs like GitHub's workflows, and tells whom to trust.
 */
import {
  createHash,
  generateKeyPairSync,
  sign as signBytes,
  type KeyPairKeyObjectResult,
} from 'node:crypto';
import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import { initializeCA, initializeTLog, initializeTSA } from '@sigstore/mock';
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from '@sigstore/protobuf-specs';
import { PREDICATE_TYPE } from '../../controller/core/provenance/judge.ts';

/** What GitHub's token says of a run. */
export interface Claims {
  readonly repository: string;
  readonly workflow: string;
  readonly ref: string;
  readonly issuer: string;
}

export const CLAIMS: Claims = {
  repository: 'acme/shop',
  workflow: 'acme/shop/.github/workflows/publish.yml@refs/heads/main',
  ref: 'refs/heads/main',
  issuer: 'https://token.actions.githubusercontent.com',
};

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
export const RUN = 'https://github.com/acme/shop/actions/runs/77/attempts/1';

interface Signing {
  readonly claims?: Partial<Claims>;
  readonly predicateType?: string;
  /** Minutes after the certificate began that log and timestamps say. */
  readonly after?: number;
  /** What says when; a public instance logs certificate and signature, GitHub's own has timestamps. */
  readonly time?: 'log' | 'timestamp' | 'none';
  /** Whether the certificate is logged; left out: where the signature is. */
  readonly isCertificateLogged?: boolean;
}

/** As Rekor answers, as far as a bundle takes it over. */
interface Logged {
  readonly body: string;
  readonly integratedTime: number;
  readonly logIndex: number;
  readonly verification: {
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
      readonly checkpoint: string;
    };
    readonly signedEntryTimestamp: string;
  };
}

export interface Sigstore {
  /** A bundle about these digests, as JSON. */
  attest(sha256: string | readonly string[], signing?: Signing): Promise<Record<string, unknown>>;
  /** A line of `gh attestation trusted-root`. `github`: as of the instance for private repositories. */
  root(kind?: 'public' | 'github'): string;
}

export async function createSigstore(): Promise<Sigstore> {
  const makeKeys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const caKeys = makeKeys();
  const logKeys = makeKeys();
  const tsaKeys = makeKeys();
  const ctlog = createCertificateLog(makeKeys());
  const [ca, unlogged, tsa] = await Promise.all([
    initializeCA(caKeys, ctlog),
    initializeCA(caKeys),
    initializeTSA(tsaKeys),
  ]);
  const logKey = logKeys.publicKey.export({ format: 'der', type: 'spki' });

  async function log(payload: Buffer, signature: Buffer, at: Date) {
    const tlog = await initializeTLog('https://rekor.example.com', logKeys, at);
    const entry = {
      kind: 'dsse',
      apiVersion: '0.0.1',
      spec: {
        payloadHash: { algorithm: 'sha256', value: hash(payload).toString('hex') },
        signatures: [{ signature: signature.toString('base64'), verifier: '' }],
      },
    };
    const [logged] = Object.values((await tlog.log(entry)) as Record<string, Logged>);
    if (logged === undefined) throw new Error('nothing was logged');
    const { inclusionProof, signedEntryTimestamp } = logged.verification;
    return {
      logIndex: String(logged.logIndex),
      logId: { keyId: hash(logKey) },
      kindVersion: { kind: 'dsse', version: '0.0.1' },
      integratedTime: String(logged.integratedTime),
      inclusionPromise: { signedEntryTimestamp: Buffer.from(signedEntryTimestamp, 'base64') },
      inclusionProof: {
        logIndex: String(inclusionProof.logIndex),
        rootHash: Buffer.from(inclusionProof.rootHash, 'hex'),
        treeSize: String(inclusionProof.treeSize),
        hashes: [],
        checkpoint: { envelope: inclusionProof.checkpoint },
      },
      canonicalizedBody: Buffer.from(logged.body, 'base64'),
    };
  }

  return {
    async attest(
      sha256,
      { claims = {}, predicateType = PREDICATE_TYPE, after = 1, time = 'log', ...signing } = {},
    ) {
      const { isCertificateLogged = time === 'log' } = signing;
      const { publicKey, privateKey } = makeKeys();
      const issuing = {
        publicKey: publicKey.export({ format: 'der', type: 'spki' }),
        ...identify({ ...CLAIMS, ...claims }),
      };
      const certificate = await (isCertificateLogged ? ca : unlogged).issueCertificate(issuing);
      const subjects = [sha256].flat();
      const payload = Buffer.from(
        JSON.stringify({
          _type: 'https://in-toto.io/Statement/v1',
          subject: subjects.map((one) => ({ name: 'shop-1', digest: { sha256: one } })),
          predicateType,
          predicate: {},
        }),
      );
      const type = 'application/vnd.in-toto+json';
      const signed = `DSSEv1 ${type.length} ${type} ${payload.length} `;
      const signature = signBytes(
        'sha256',
        Buffer.concat([Buffer.from(signed), payload]),
        privateKey,
      );
      const bundle = toDSSEBundle({
        artifact: payload,
        artifactType: type,
        signature,
        certificate,
      });
      // Whole seconds: timestamps with fractions are refused.
      const at = new Date((Math.floor(Date.now() / 1000) + after * 60) * 1000);
      const { verificationMaterial } = bundle;
      if (time === 'log') verificationMaterial.tlogEntries = [await log(payload, signature, at)];
      if (time === 'timestamp') {
        const clocked = await initializeTSA(tsaKeys, at);
        const signedTimestamp = await clocked.timestamp({
          artifactHash: hash(signature),
          hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
          nonce: 1,
          policyOID: '1.2.3.4.1',
        });
        verificationMaterial.timestampVerificationData = {
          rfc3161Timestamps: [{ signedTimestamp }],
        };
      }
      return { ...(bundleToJSON(bundle) as object) };
    },
    root(kind = 'public') {
      const isPublic = kind === 'public';
      const root: TrustedRoot = {
        mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
        certificateAuthorities: [trust([ca.rootCertificate])],
        timestampAuthorities: [trust([tsa.intCertificate, tsa.rootCertificate])],
        tlogs: isPublic ? [trustLog(hash(logKey), logKey)] : [],
        ctlogs: isPublic ? [trustLog(ctlog.logID, ctlog.publicKey)] : [],
      };
      return JSON.stringify(TrustedRoot.toJSON(root));
    },
  };
}

/**
 * RFC 6962, the part that signs. That of `@sigstore/mock` leaves the signature out with the version of pkijs
 * that is locked here.
 */
function createCertificateLog({ publicKey, privateKey }: KeyPairKeyObjectResult) {
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const logID = hash(key);
  return {
    publicKey: key,
    logID,
    async log(certificate: ArrayBuffer, issuerID: ArrayBuffer): Promise<ArrayBuffer> {
      const signedPart = readFirst(Buffer.from(certificate));
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(BigInt(Date.now()));
      const entry = [Buffer.from(issuerID), toBytes(signedPart.length, 3), signedPart];
      const signed = Buffer.concat([toBytes(0, 2), time, toBytes(1, 2), ...entry, toBytes(0, 2)]);
      const signature = signBytes('sha256', signed, privateKey);
      const head = [toBytes(0, 1), logID, time, toBytes(0, 2), Buffer.from([4, 3])];
      const sct = Buffer.concat([...head, toBytes(signature.length, 2), signature]);
      return new Uint8Array(Buffer.concat([toBytes(sct.length, 2), sct])).buffer;
    },
  };
}

/** The first element of a DER sequence, with its header: of a certificate, what is signed of it. */
function readFirst(der: Buffer): Buffer {
  const start = headerOf(der);
  const rest = der.subarray(start.head);
  const { head, length } = headerOf(rest);
  return rest.subarray(0, head + length);
}

function headerOf(der: Buffer): { readonly head: number; readonly length: number } {
  const first = der[1] ?? 0;
  if (first < 0x80) return { head: 2, length: first };
  const more = first - 0x80;
  return { head: 2 + more, length: der.readUIntBE(2, more) };
}

function toBytes(value: number, bytes: number): Buffer {
  const written = Buffer.alloc(bytes);
  written.writeUIntBE(value, 0, bytes);
  return written;
}

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

function identify({ repository, workflow, ref, issuer }: Claims) {
  const values = {
    8: issuer,
    12: `https://github.com/${repository}`,
    13: COMMIT,
    14: ref,
    21: RUN,
  };
  return {
    subjectAltName: `https://github.com/${workflow}`,
    extensions: Object.entries(values).map(([number, value]) => ({
      oid: `1.3.6.1.4.1.57264.1.${number}`,
      value,
    })),
  };
}

function trust(chain: readonly Buffer[]): TrustedRoot['certificateAuthorities'][number] {
  return {
    subject: { commonName: 'sigstore', organization: 'sigstore.mock' },
    uri: 'https://fulcio.example.com',
    certChain: { certificates: chain.map((rawBytes) => ({ rawBytes })) },
    validFor: { start: new Date(0) },
    operator: 'tests',
  };
}

function trustLog(keyId: Buffer, rawBytes: Buffer): TrustedRoot['tlogs'][number] {
  return {
    baseUrl: 'https://rekor.example.com',
    logId: { keyId },
    hashAlgorithm: HashAlgorithm.SHA2_256,
    publicKey: {
      rawBytes,
      keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
      validFor: { start: new Date(0) },
    },
    checkpointKeyId: undefined,
    operator: 'tests',
  };
}
