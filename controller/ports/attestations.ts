import type { Attestation } from '../core/provenance/attestation.ts';

/** Verifies signatures of attestations, without asking anybody. */
export interface Attestations {
  /** In the order of the bundles. `trustedRoot`: JSON lines of Sigstore; any of them will do. */
  verify(bundles: readonly unknown[], trustedRoot: string): Promise<readonly Attestation[]>;
}
