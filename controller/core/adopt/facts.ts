import type { Distribution } from '../plan/behaviours.ts';

/** What is read of a live set-up, and what people said of it. */
export interface AdoptFacts {
  readonly app: string;
  readonly environment: string;
  readonly group: string;
  /** With `caching`. */
  readonly distribution: Distribution;
  readonly bucket: string;
  readonly region: string;
  readonly content: Content;
  /** The parameter that names the active build. */
  readonly parameter: { readonly name: string; readonly value: string | undefined } | undefined;
  readonly said: Said;
  /** The build whose page the site answers; undefined: none of those that were compared, or nobody could ask. */
  readonly shown: Shown;
  /** Patterns of other behaviours on the bucket below which the active build has files. */
  readonly inBuild: readonly string[];
}

/** Below the origin path of the default behaviour. */
export interface Content {
  /** Folders with an index.html whose names can be build numbers, the newest first. */
  readonly builds: readonly string[];
  /** There is an index.html beside them. */
  readonly hasPage: boolean;
  /** Names of all folders there. */
  readonly folders: readonly string[];
}

/** What the site answered to its first host's `/`. */
export type Shown =
  | { readonly kind: 'build'; readonly build: string }
  /** The page that lies beside all folders. */
  | { readonly kind: 'top' }
  /** Of none that was compared. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unknown'; readonly why: string };

/** The command line. Absent: nothing was said. */
export interface Said {
  readonly build?: string;
  /** Its folders are no builds. */
  readonly isFlat?: true;
  readonly hosts: readonly string[];
  readonly spa?: boolean;
  /** Functions that Headgate's take the place of. */
  readonly replaces: readonly string[];
  /** Functions at origin events that stay. */
  readonly keeps: readonly string[];
  readonly cookies?: { readonly build: string; readonly override: string } | 'none';
  /** ARN of the role of a Lambda@Edge group; absent: the group runs CloudFront Functions. */
  readonly role?: string;
}

/** What keeps a policy from being written. */
export interface Open {
  /** `question`: only a person knows. `refusal`: it would be unsafe. */
  readonly kind: 'question' | 'refusal';
  readonly message: string;
  readonly next: string;
}
