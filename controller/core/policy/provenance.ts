import type { WrittenApp } from './schema.ts';

/** A workflow on GitHub, for one ref of one repository. */
export interface ProvenancePolicy {
  /** `acme/shop`. */
  readonly repository: string;
  /** With its repository: `acme/shop/.github/workflows/publish.yml`; perhaps with `@` and a ref or commit. */
  readonly workflow: string;
  readonly ref: string;
  readonly issuer: string;
  /** Path of the file of trusted roots, from where the command runs. */
  readonly trustedRoot: string;
}

/** `file`: the policy's, beside which the trusted root is. A workflow without a repository is its own. */
export function completeProvenance(
  file: string,
  { workflow, trustedRoot, ...rest }: NonNullable<WrittenApp['provenance']>,
): ProvenancePolicy {
  const directory = file.replace(/[^/\\]*$/, '');
  return {
    ...rest,
    workflow: workflow.startsWith('.') ? `${rest.repository}/${workflow}` : workflow,
    trustedRoot: directory + trustedRoot.slice('./'.length),
  };
}
