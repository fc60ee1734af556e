import type { Manifest, PublishSettings } from '../core/state/manifest.ts';

/** Published builds of one bucket; of trusted and untrusted refs, told apart by their numbers. */
export interface BuildStore {
  /** The manifest with the digest of its bytes; undefined when the build isn't published. */
  readManifest(
    app: string,
    build: string,
  ): Promise<{ manifest: Manifest; digest: string } | undefined>;
  /** Whether the file is there with the size the manifest says. */
  hasFile(app: string, build: string, path: string): Promise<boolean>;
  /** Numbers of the published builds, in the order S3 lists them. */
  list(app: string): Promise<readonly string[]>;
  readSettings(app: string): Promise<PublishSettings | undefined>;
  writeSettings(app: string, settings: PublishSettings): Promise<void>;
}
