import type { Distribution } from '../core/plan/behaviours.ts';

export type { Behaviour, Distribution } from '../core/plan/behaviours.ts';
export type { Caching, RequestPart } from '../core/plan/caching.ts';

export type Association = FunctionAssociation | VersionAssociation;

/** One version of a Lambda@Edge function on viewer-request, origin-request and viewer-response. */
export interface VersionAssociation {
  readonly pattern: string;
  readonly lambdaArn: string;
  /** Names of functions that leave the behaviour with it. */
  readonly replaces: readonly string[];
}

export interface FunctionAssociation {
  readonly pattern: string;
  readonly viewerRequestArn: string;
  readonly viewerResponseArn: string;
  /** Names of Lambda@Edge functions that leave the behaviour with the same write. */
  readonly replaces?: readonly string[];
}

export interface Distributions {
  /** undefined: there is no such distribution. `caching`: with the policies of its behaviours. */
  read(id: string, options?: { readonly caching: boolean }): Promise<Distribution | undefined>;
  /** Sets the two viewer functions of the named behaviours and nothing else. Throws ConflictError when the revision moved. */
  associate(id: string, revision: string, associations: readonly Association[]): Promise<void>;
}
