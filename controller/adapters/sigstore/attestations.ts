import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import type { Attestation } from '../../core/provenance/attestation.ts';
import type { Attestations } from '../../ports/attestations.ts';
import { readIdentity } from './identity.ts';

/** Everything that is trusted comes in with the call: nothing is fetched, nothing is cached. */
export function createAttestations(): Attestations {
  return {
    async verify(bundles, trustedRoot) {
      const verifiers = readRoots(trustedRoot);
      if (typeof verifiers === 'string') return bundles.map(() => broken(verifiers));
      return bundles.map((bundle) => verify(bundle, verifiers));
    },
  };
}

/** One for each trusted root, or why there is none. */
function readRoots(text: string): readonly Verifier[] | string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const verifiers: Verifier[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      verifiers.push(createVerifier(TrustedRoot.fromJSON(JSON.parse(line))));
    } catch (error) {
      return `line ${index + 1} of the trusted root can't be used: ${explain(error)}`;
    }
  }
  return verifiers.length > 0 ? verifiers : 'the trusted root is empty';
}

/**
 * An instance with a transparency log (Sigstore's public one) must have logged the signature and its
 * certificate. GitHub's own, for private repositories, has none: there a timestamp of its authority must
 * do. That is for the root to say and not for the bundle, which could leave out what it can't show.
 */
function createVerifier(root: TrustedRoot): Verifier {
  const threshold = root.tlogs.length > 0 ? 1 : 0;
  return new Verifier(toTrustMaterial(root), {
    tlogThreshold: threshold,
    ctlogThreshold: threshold,
    timestampThreshold: 1,
  });
}

function verify(json: unknown, verifiers: readonly Verifier[]): Attestation {
  const parsed = parse(json);
  if (typeof parsed === 'string') return broken(parsed);
  const { entity, payloadType, payload } = parsed;
  let nearest: { readonly rank: number; readonly why: string } | undefined;
  for (const verifier of verifiers) {
    try {
      const { identity } = verifier.verify(entity);
      return { kind: 'signed', ...readIdentity(identity), payloadType, payload };
    } catch (error) {
      const rank = error instanceof VerificationError ? STAGES.indexOf(stageOf(error)) : -1;
      if (nearest === undefined || rank > nearest.rank) nearest = { rank, why: explain(error) };
    }
  }
  return broken(nearest?.why ?? 'there is no trusted root');
}

function parse(json: unknown) {
  try {
    const bundle = bundleFromJSON(json);
    const { content, verificationMaterial } = bundle;
    if (content.$case !== 'dsseEnvelope') return 'it signs no statement';
    if (verificationMaterial.content.$case === 'publicKey') return 'it has no certificate';
    const { payloadType, payload } = content.dsseEnvelope;
    return { entity: toSignedEntity(bundle), payloadType, payload: payload.toString() };
  } catch (error) {
    return `it is no Sigstore bundle: ${explain(error)}`;
  }
}

/** In the order in which a bundle is looked at: of several roots, the one that got furthest was meant. */
const STAGES = ['time', 'certificate', 'log', 'signature'] as const;

const MEANINGS: Readonly<Record<(typeof STAGES)[number], string>> = {
  time: 'no log or timestamp authority of the trusted root says when it was signed',
  certificate:
    'its certificate is of no authority in the trusted root, is in no log of it, or was not valid when it signed',
  log: 'it is in no transparency log of the trusted root as it is here',
  signature: 'its signature does not fit what it signs',
};

function stageOf({ code }: VerificationError): (typeof STAGES)[number] {
  switch (code) {
    case 'TIMESTAMP_ERROR':
      return 'time';
    case 'CERTIFICATE_ERROR':
    case 'PUBLIC_KEY_ERROR':
      return 'certificate';
    case 'TLOG_ERROR':
    case 'TLOG_INCLUSION_PROOF_ERROR':
    case 'TLOG_INCLUSION_PROMISE_ERROR':
    case 'TLOG_MISSING_INCLUSION_ERROR':
    case 'TLOG_BODY_ERROR':
    case 'NOT_IMPLEMENTED_ERROR':
      return 'log';
    case 'SIGNATURE_ERROR':
      return 'signature';
  }
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof VerificationError
    ? `${MEANINGS[stageOf(error)]} (${message})`
    : `it can't be read (${message})`;
}

function broken(why: string): Attestation {
  return { kind: 'broken', why };
}
