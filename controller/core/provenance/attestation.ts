/** What is attested of a build, as a verifier of signatures tells it, and what is made of that. */

/** What the certificate of a good signature says, in the words of GitHub's token, and what was signed. */
export interface SignedAttestation {
  readonly kind: 'signed';
  /** The workflow that signed: `https://github.com/acme/shop/.github/workflows/publish.yml@refs/heads/main`. */
  readonly signer: string | undefined;
  /** Who vouched for that workflow. */
  readonly issuer: string | undefined;
  /** `https://github.com/acme/shop`: whose run it was, which may have called another one's workflow. */
  readonly repository: string | undefined;
  /** What that run was for: `refs/heads/main`. */
  readonly ref: string | undefined;
  readonly commit: string | undefined;
  /** URL of the run. */
  readonly run: string | undefined;
  readonly payloadType: string;
  readonly payload: string;
}

/** One attestation, verified; `broken`: no good signature of anybody that is trusted. */
export type Attestation = SignedAttestation | { readonly kind: 'broken'; readonly why: string };

/** What is known of where one build comes from. */
export type Finding =
  /** The live route names it already: it is not asked again. */
  | { readonly kind: 'entered' }
  | { readonly kind: 'proven'; readonly by: string }
  | { readonly kind: 'refused'; readonly why: string; readonly wayOut: string }
  /** Whoever runs this verifies nothing. */
  | { readonly kind: 'unasked' };

/** By build number. */
export type Findings = ReadonlyMap<string, Finding>;
