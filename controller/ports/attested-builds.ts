import type { BuildName } from '../core/state/manifest.ts';

/** What is attested of the builds of one bucket. */
export interface AttestedBuilds {
  /** undefined: the build isn't published. */
  read(app: string, build: string): Promise<AttestedBuild | undefined>;
  /** Stores what is attested of a build; false: something is stored already, and stays. */
  create(app: string, build: string, bundles: Uint8Array): Promise<boolean>;
}

export interface AttestedBuild {
  /** As the manifest says. */
  readonly of: BuildName;
  /** Of the manifest's text: what an attestation of the build is about. Hex. */
  readonly sha256: string;
  /** The bundles as stored, or how many bytes they have when that is more than anybody should read. */
  readonly stored: Uint8Array | { readonly bytes: number } | undefined;
}
