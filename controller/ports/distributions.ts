import type { Distribution } from '../core/plan/behaviours.ts';

export type { Behaviour, Distribution, ErrorPage } from '../core/plan/behaviours.ts';
export type { Caching, RequestPart } from '../core/plan/caching.ts';

export type Association = FunctionAssociation | VersionAssociation;

/** One version of a Lambda@Edge function on viewer-request, origin-request and viewer-response. */
export interface VersionAssociation {
  readonly pattern: string;
  readonly lambdaArn: string;
  /** Names of functions that leave the behaviour with it. */
  readonly replaces: readonly string[];
  /** An origin path that leaves the behaviour with it: another origin of the distribution, or a new one, is asked then. */
  readonly originPath?: string;
}

export interface FunctionAssociation {
  readonly pattern: string;
  readonly viewerRequestArn: string;
  readonly viewerResponseArn: string;
  /** Names of Lambda@Edge functions that leave the behaviour with the same write. */
  readonly replaces?: readonly string[];
  /** As in `VersionAssociation`. */
  readonly originPath?: string;
}

/** How some behaviours go on without us. */
export interface Departure {
  readonly patterns: readonly string[];
  /** Names of the functions that leave them, CloudFront's and Lambda@Edge's. */
  readonly functions: readonly string[];
  /** ARN of what runs at viewer-request instead; absent: nothing. */
  readonly viewerRequestArn?: string;
  /** Below what the behaviours' origins are asked from then on; absent: as before. */
  readonly originPath?: string;
  /** What is asked for in the place of `/`; absent: as before. */
  readonly rootObject?: string;
}

export interface Distributions {
  /** undefined: there is no such distribution. `caching`: with the policies of its behaviours. */
  read(id: string, options?: { readonly caching: boolean }): Promise<Distribution | undefined>;
  /** Sets the two viewer functions of the named behaviours and nothing else. Throws ConflictError when the revision moved. */
  associate(id: string, revision: string, associations: readonly Association[]): Promise<void>;
  /** All of it in one change, so that no edge ever has half of it. Throws ConflictError when the revision moved. */
  leave(id: string, revision: string, departure: Departure): Promise<void>;
  /** Returns when nothing that was cached before is answered any more. */
  forget(id: string, paths: readonly string[]): Promise<void>;
}
