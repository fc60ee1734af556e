/** One build of a pull request, as far as it is stored. */
export interface UntrustedBuild {
  readonly build: string;
  /** It has a manifest; without one it is an upload under way, or given up. */
  readonly isPublished: boolean;
  readonly files: number;
  readonly bytes: number;
}

/** Builds of pull requests in one bucket: the only ones that are ever removed, each with all below its own prefix. */
export interface UntrustedBuilds {
  /** Those of one pull request. */
  list(app: string, pullRequest: number): Promise<readonly UntrustedBuild[]>;
  /** Its manifest first: then it is no build any more, whatever happens next. None there is no error. */
  remove(app: string, build: string): Promise<void>;
}
