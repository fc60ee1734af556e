import type { ProvenancePolicy } from '../policy/provenance.ts';
import type { Attestation, Finding, SignedAttestation } from './attestation.ts';
import { readStatement } from './bundle.ts';

/** Other statements (an SBOM, a scan) may be about the same build, and say nothing of who built it. */
export const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';

const SERVER = 'https://github.com/';

/** How many of several are told. */
const SHOWN = 3;

/** One attestation that holds is enough. `sha256`: of the manifest's text, hex. */
export function judgeProvenance(
  policy: ProvenancePolicy,
  sha256: string,
  attestations: readonly Attestation[],
): Finding {
  const judged = attestations.map((attestation) => {
    const why = findFault(policy, sha256, attestation);
    return why === undefined && attestation.kind === 'signed' ? attestation : (why ?? '');
  });
  const proven = judged.find((one) => typeof one !== 'string');
  if (proven !== undefined) return { kind: 'proven', by: describe(proven) };
  const faults = judged.flatMap((one) => (typeof one === 'string' ? one : []));
  return { kind: 'refused', why: explainFaults(faults), wayOut: WAY_OUT };
}

export const WAY_OUT =
  'Name a build that the workflow of the policy published with `attest: true`, or correct `provenance` in the policy.';

function explainFaults(faults: readonly string[]): string {
  const [only = 'there is none', ...others] = faults;
  if (others.length === 0) return only;
  const shown = faults.slice(0, SHOWN).map((fault, index) => `${index + 1}: ${fault}`);
  const rest = faults.length > SHOWN ? '; and so on' : '';
  return `none of its ${faults.length} attestations will do (${shown.join('; ')}${rest})`;
}

/** Why this one proves nothing; undefined: it does. */
function findFault(
  policy: ProvenancePolicy,
  sha256: string,
  attestation: Attestation,
): string | undefined {
  if (attestation.kind === 'broken') return attestation.why;
  const wrong = findStranger(policy, attestation);
  if (wrong !== undefined) return wrong;
  const statement = readStatement(attestation.payloadType, attestation.payload);
  if (statement === undefined) return 'what is signed is no in-toto statement';
  const { predicateType, subjects } = statement;
  if (predicateType !== PREDICATE_TYPE) {
    return `it is of type ${clip(predicateType)}, not ${PREDICATE_TYPE}`;
  }
  if (subjects.includes(sha256)) return undefined;
  return `it is about ${clip(subjects.join(', ') || 'nothing')}, and the manifest's SHA-256 is ${sha256}`;
}

/**
 * Who signed, as the certificate says. The repository is that of the run: a fork has another owner. The ref
 * of a workflow of its own is the run's; one of another repository may be pinned with `@`.
 */
function findStranger(policy: ProvenancePolicy, signed: SignedAttestation): string | undefined {
  const { repository, workflow, ref } = policy;
  const [path = '', pinned] = workflow.split('@');
  const own = path.startsWith(`${repository}/`) ? ref : undefined;
  const wanted = pinned ?? own;
  const signer = `${SERVER}${path}@${wanted ?? ''}`;
  const isSigner =
    wanted === undefined ? signed.signer?.startsWith(signer) : signed.signer === signer;
  const said = [
    ['was vouched for by', signed.issuer, policy.issuer],
    ['was made in a run of', signed.repository, `${SERVER}${repository}`],
    ['was made for', signed.ref, ref],
  ] as const;
  const other = said.find(([, is, should]) => is !== should);
  if (other !== undefined) {
    const [what, is, should] = other;
    return `it ${what} ${clip(is ?? 'nobody knows what')}, not ${should}`;
  }
  if (isSigner === true) return undefined;
  return `it was signed by ${clip(signed.signer ?? 'nobody knows what')}, not ${signer}${wanted === undefined ? '...' : ''}`;
}

function describe({ signer = '', commit, run }: SignedAttestation): string {
  const source = commit === undefined ? [] : [`commit ${commit}`];
  const parts = [
    `attested by ${signer.slice(SERVER.length)}`,
    ...source,
    ...(run === undefined ? [] : [run]),
  ];
  return `provenance: ${parts.join(', ')}`;
}

/** What a stranger signed may be as long as they like. */
function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
